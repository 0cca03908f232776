import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { LOCAL_INPUT_LIMITS, type LocalInputInjector, LocalInputWatch } from './local-input.ts';

function setUp() {
  const clock = new FakeClock();
  const gate = {
    anyoneControls: true,
    noted: 0,
    noteLocalInput: () => {
      gate.noted += 1;
    },
  };
  const injector: LocalInputInjector & { hearsDevices: boolean | null; lastActAtMs: number; watched: boolean[] } = {
    hearsDevices: false,
    lastActAtMs: Number.NEGATIVE_INFINITY,
    onLocalInput: null,
    watched: [],
    watchLocalInput: (on) => void injector.watched.push(on),
  };
  const cursor = { x: 0, y: 0, looks: 0 };
  const watch = new LocalInputWatch({
    gate,
    injector,
    clock,
    cursorPoint: () => {
      cursor.looks += 1;
      return { x: cursor.x, y: cursor.y };
    },
  });
  const check = () => clock.advance(LOCAL_INPUT_LIMITS.checkMs);
  return { clock, gate, injector, cursor, watch, check };
}

describe('LocalInputWatch', () => {
  let { clock, gate, injector, cursor, watch, check } = setUp();
  beforeEach(() => {
    ({ clock, gate, injector, cursor, watch, check } = setUp());
  });

  it('watches only while somebody controls', () => {
    gate.anyoneControls = false;
    watch.start();
    check();
    expect(cursor.looks).toBe(0);
    gate.anyoneControls = true;
    check();
    gate.anyoneControls = false;
    check();
    expect(injector.watched).toEqual([true, false]);
    watch.stop();
    expect(clock.pending).toBe(0);
  });

  it('passes on what the devices say', () => {
    injector.hearsDevices = true;
    watch.start();
    injector.onLocalInput?.();
    expect(gate.noted).toBe(1);
    gate.anyoneControls = false;
    injector.onLocalInput?.();
    expect(gate.noted).toBe(1);
    check();
    expect(cursor.looks).toBe(0);
  });

  it('takes a pointer that moves by itself for a person, but not one that was just moved by us', () => {
    watch.start();
    check();
    expect(gate.noted).toBe(0);
    cursor.x = 5;
    injector.lastActAtMs = clock.monotonicMs();
    check();
    expect(gate.noted).toBe(0);
    clock.advance(LOCAL_INPUT_LIMITS.injectedQuietMs);
    expect(gate.noted).toBe(0);
    cursor.x = 6;
    check();
    expect(gate.noted).toBe(1);
    check();
    expect(gate.noted).toBe(1);
  });
});
