import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type InputEvent, MOUSE_BUTTONS, WHEEL_NOTCH } from '../../shared/model/input-event.ts';
import { KEY_CODES } from '../../shared/model/key-codes.ts';
import { VIEW_AND_CONTROL, VIEW_ONLY } from '../../shared/model/permissions.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { FakeInjector } from '../../tests/fakes/fake-injector.ts';
import { INPUT_GATE_LIMITS, InputGate, type RefusalReason } from './input-gate.ts';
import { REPEAT_WATCH_LIMITS } from './repeat-watch.ts';

const SOURCE = { xPx: 1920, yPx: -100, widthPx: 800, heightPx: 600 };

function setUp() {
  const clock = new FakeClock();
  const injector = new FakeInjector();
  const gate = new InputGate({ injector, clock, localInputFirst: true });
  const refused: [string, RefusalReason][] = [];
  gate.onRefused = (viewerId, reason) => refused.push([viewerId, reason]);
  gate.setSource(SOURCE);
  return { clock, injector, gate, refused };
}

const key = (code: (typeof KEY_CODES)[number], down: boolean): InputEvent => ({ kind: 'key', code, down });
const left = (down: boolean, xPx = 1, yPx = 2): InputEvent => ({ kind: 'button', button: 'left', down, xPx, yPx });

describe('InputGate', () => {
  let { clock, injector, gate, refused } = setUp();
  beforeEach(() => {
    ({ clock, injector, gate, refused } = setUp());
  });

  it('refuses strangers, viewers without control, a paused session and a source that is not there', () => {
    expect(gate.accept('stranger', key('KeyA', true))).toBe(false);
    gate.admit('a', VIEW_ONLY);
    expect(gate.accept('a', key('KeyA', true))).toBe(false);
    gate.admit('a', VIEW_AND_CONTROL);
    gate.setPaused(true);
    expect(gate.accept('a', key('KeyA', true))).toBe(false);
    gate.setPaused(false);
    gate.setSource(null);
    expect(gate.accept('a', key('KeyA', true))).toBe(false);
    gate.setSource({ xPx: 0, yPx: 0, widthPx: 0, heightPx: 0 });
    expect(gate.accept('a', key('KeyA', true))).toBe(false);
    expect(injector.acts).toEqual([]);
    expect(refused).toEqual([
      ['stranger', 'not-admitted'],
      ['a', 'no-permission'],
      ['a', 'paused'],
      ['a', 'no-source'],
    ]);
  });

  it('maps source pixels to the whole desktop and clamps to the source', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.accept('a', { kind: 'move', xPx: 0, yPx: 0 });
    gate.accept('a', { kind: 'move', xPx: 799, yPx: 599 });
    gate.accept('a', { kind: 'move', xPx: 65_535, yPx: 65_535 });
    expect(injector.acts).toEqual([
      { act: 'move', xPx: 1920, yPx: -100 },
      { act: 'move', xPx: 2719, yPx: 499 },
      { act: 'move', xPx: 2719, yPx: 499 },
    ]);
  });

  it('moves before it clicks, and clicks once however often a press is repeated', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.accept('a', left(true));
    gate.accept('a', left(true));
    gate.accept('a', left(false));
    expect(injector.acts.filter(({ act }) => act === 'button')).toEqual([
      { act: 'button', button: 'left', down: true },
      { act: 'button', button: 'left', down: false },
    ]);
    expect(injector.acts[0]).toEqual({ act: 'move', xPx: 1921, yPx: -98 });
  });

  it('passes key repeats on, and ignores the release of a key that is not held', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.accept('a', key('KeyA', true));
    gate.accept('a', key('KeyA', true));
    gate.accept('a', key('KeyA', false));
    gate.accept('a', key('KeyA', false));
    expect(injector.acts).toEqual([
      { act: 'key', code: 'KeyA', down: true },
      { act: 'key', code: 'KeyA', down: true },
      { act: 'key', code: 'KeyA', down: false },
    ]);
  });

  it('lets a key go that repeated and then went silent, and presses it again with the next repeat', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.accept('a', key('KeyA', true));
    clock.advance(10_000);
    expect(injector.held.has('key:KeyA')).toBe(true);
    gate.accept('a', key('KeyA', true));
    clock.advance(REPEAT_WATCH_LIMITS.silenceMs - 1);
    gate.accept('a', key('KeyA', true));
    clock.advance(REPEAT_WATCH_LIMITS.silenceMs - 1);
    expect(injector.held.has('key:KeyA')).toBe(true);
    clock.advance(1);
    expect(injector.held.has('key:KeyA')).toBe(false);
    gate.accept('a', key('KeyA', true));
    expect(injector.held.has('key:KeyA')).toBe(true);
    gate.accept('a', key('Space', true));
    clock.advance(10_000);
    expect([...injector.held]).toEqual(['key:KeyA', 'key:Space']);
    gate.accept('a', key('Space', true));
    gate.release('a');
    expect(clock.pending).toBe(0);
    expect([...injector.held]).toEqual([]);
  });

  it('adds up parts of a wheel notch on both axes, apart for each viewer', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.admit('b', VIEW_AND_CONTROL);
    const wheel = (dx: number, dy: number): InputEvent => ({ kind: 'wheel', dx, dy, xPx: 0, yPx: 0 });
    gate.accept('a', wheel(0, 50));
    gate.accept('b', wheel(0, 100));
    gate.accept('a', wheel(-130, 70));
    expect(injector.acts.filter(({ act }) => act === 'scroll')).toEqual([{ act: 'scroll', notchesX: -1, notchesY: 1 }]);
  });

  it('keeps a key down until the last viewer that holds it lets go', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.admit('b', VIEW_AND_CONTROL);
    gate.accept('a', key('ShiftLeft', true));
    gate.accept('b', key('ShiftLeft', true));
    gate.accept('b', left(true));
    gate.release('a');
    expect([...injector.held]).toEqual(['key:ShiftLeft', 'button:left']);
    gate.dismiss('b');
    expect([...injector.held]).toEqual([]);
    expect(injector.acts.filter((act) => act.act === 'key')).toHaveLength(2);
  });

  it.each<[string, (held: InputGate) => void]>([
    ['pause', (held) => held.setPaused(true)],
    ['losing the permission', (held) => held.admit('a', VIEW_ONLY)],
    ['losing the source', (held) => held.setSource(null)],
    ['leaving', (held) => held.dismiss('a')],
    ['local input', (held) => held.noteLocalInput()],
    ['a release-all of the viewer', (held) => void held.accept('a', { kind: 'release-all' })],
  ])('releases everything on %s, the last pressed first', (_, cause) => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.accept('a', key('ControlLeft', true));
    gate.accept('a', key('KeyC', true));
    gate.accept('a', left(true));
    cause(gate);
    expect([...injector.held]).toEqual([]);
    expect(injector.acts.slice(-3)).toEqual([
      { act: 'button', button: 'left', down: false },
      { act: 'key', code: 'KeyC', down: false },
      { act: 'key', code: 'ControlLeft', down: false },
    ]);
  });

  it('refuses what comes too fast, says so once a second, and still lets go of what is held', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.accept('a', key('KeyA', true));
    for (let i = 1; i < INPUT_GATE_LIMITS.burstEvents; i++)
      expect(gate.accept('a', { kind: 'move', xPx: i, yPx: 0 })).toBe(true);
    expect(gate.accept('a', { kind: 'move', xPx: 0, yPx: 0 })).toBe(false);
    expect(gate.accept('a', { kind: 'move', xPx: 0, yPx: 0 })).toBe(false);
    expect(refused).toEqual([['a', 'rate-limited']]);
    expect(gate.accept('a', key('KeyA', false))).toBe(true);
    expect([...injector.held]).toEqual([]);
    clock.advance(100);
    for (let i = 0; i < INPUT_GATE_LIMITS.eventsPerSecond / 10; i++)
      expect(gate.accept('a', { kind: 'move', xPx: 0, yPx: 0 })).toBe(true);
    expect(gate.accept('a', { kind: 'move', xPx: 0, yPx: 0 })).toBe(false);
    expect(refused).toHaveLength(1);
    clock.advance(INPUT_GATE_LIMITS.refusalReportMs);
    for (let i = 0; i <= INPUT_GATE_LIMITS.burstEvents; i++) gate.accept('a', { kind: 'move', xPx: 0, yPx: 0 });
    expect(refused).toHaveLength(2);
  });

  it('limits each viewer on its own', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.admit('b', VIEW_AND_CONTROL);
    for (let i = 0; i <= INPUT_GATE_LIMITS.burstEvents; i++) gate.accept('a', { kind: 'move', xPx: 0, yPx: 0 });
    expect(gate.accept('b', { kind: 'move', xPx: 0, yPx: 0 })).toBe(true);
  });

  it('holds viewers back for a while after local input, unless the setting is off', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    gate.noteLocalInput();
    expect(gate.accept('a', key('KeyA', true))).toBe(false);
    expect(refused).toEqual([['a', 'local-input']]);
    clock.advance(INPUT_GATE_LIMITS.localHoldMs);
    expect(gate.accept('a', key('KeyA', true))).toBe(true);
    gate.setLocalInputFirst(false);
    gate.noteLocalInput();
    expect(gate.accept('a', key('KeyB', true))).toBe(true);
  });

  it('takes characters, but not while a modifier would make a shortcut of them', () => {
    gate.admit('a', VIEW_AND_CONTROL);
    const text: InputEvent = { kind: 'text', codePoint: 0x1f600 };
    for (const code of ['ControlLeft', 'ControlRight', 'AltLeft', 'MetaLeft', 'MetaRight'] as const) {
      gate.accept('a', key(code, true));
      expect(gate.accept('a', text)).toBe(false);
      gate.accept('a', key(code, false));
    }
    gate.accept('a', key('AltRight', true));
    gate.accept('a', key('ShiftLeft', true));
    expect(gate.accept('a', text)).toBe(true);
    expect(injector.acts.filter(({ act }) => act === 'text')).toHaveLength(1);
  });

  it('bounds the number of viewers', () => {
    for (let i = 0; i < INPUT_GATE_LIMITS.maxViewers; i++) gate.admit(`v${i}`, VIEW_ONLY);
    expect(() => gate.admit('one more', VIEW_ONLY)).toThrow(expect.objectContaining({ reason: 'limit-reached' }));
  });

  it('knows whether anyone controls', () => {
    expect(gate.anyoneControls).toBe(false);
    gate.admit('a', VIEW_ONLY);
    expect(gate.anyoneControls).toBe(false);
    gate.admit('a', VIEW_AND_CONTROL);
    expect(gate.anyoneControls).toBe(true);
    gate.setPaused(true);
    expect(gate.anyoneControls).toBe(false);
  });
});

describe('InputGate, whatever comes', () => {
  const coordinate = fc.integer({ min: 0, max: 65_535 });
  const at = { xPx: coordinate, yPx: coordinate };
  const event: fc.Arbitrary<InputEvent> = fc.oneof(
    fc.record({ kind: fc.constant('move' as const), ...at }),
    fc.record({
      kind: fc.constant('button' as const),
      button: fc.constantFrom(...MOUSE_BUTTONS),
      down: fc.boolean(),
      ...at,
    }),
    fc.record({
      kind: fc.constant('wheel' as const),
      dx: fc.integer({ min: -3600, max: 3600 }),
      dy: fc.integer({ min: -3600, max: 3600 }),
      ...at,
    }),
    fc.record({ kind: fc.constant('key' as const), code: fc.constantFrom(...KEY_CODES), down: fc.boolean() }),
    fc.record({ kind: fc.constant('text' as const), codePoint: fc.integer({ min: 1, max: 0xd7ff }) }),
    fc.constant({ kind: 'release-all' as const }),
  );
  const viewer = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    { weight: 20, arbitrary: fc.tuple(fc.constant('event' as const), viewer, event) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('admit' as const), viewer, fc.boolean()) },
    fc.tuple(fc.constant('dismiss' as const), viewer, fc.constant(null)),
    fc.tuple(fc.constant('pause' as const), viewer, fc.boolean()),
    fc.tuple(fc.constant('local' as const), viewer, fc.constant(null)),
    { weight: 3, arbitrary: fc.tuple(fc.constant('time' as const), viewer, fc.integer({ min: 0, max: 2000 })) },
  );

  it('holds nothing after release, and acts nowhere outside of the source', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { clock, injector, gate } = setUp();
        gate.admit('a', VIEW_AND_CONTROL);
        gate.admit('b', VIEW_AND_CONTROL);
        for (const [what, who, detail] of steps) {
          if (what === 'event') gate.accept(who, detail);
          else if (what === 'admit') gate.admit(who, detail ? VIEW_AND_CONTROL : VIEW_ONLY);
          else if (what === 'dismiss') gate.dismiss(who);
          else if (what === 'pause') gate.setPaused(detail);
          else if (what === 'local') gate.noteLocalInput();
          else clock.advance(detail);
        }
        gate.releaseAll();
        expect([...injector.held]).toEqual([]);
        for (const act of injector.acts) {
          if (act.act !== 'move') continue;
          expect(act.xPx).toBeGreaterThanOrEqual(SOURCE.xPx);
          expect(act.xPx).toBeLessThan(SOURCE.xPx + SOURCE.widthPx);
          expect(act.yPx).toBeGreaterThanOrEqual(SOURCE.yPx);
          expect(act.yPx).toBeLessThan(SOURCE.yPx + SOURCE.heightPx);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('presses and releases each key and button in turn', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(viewer, event), { maxLength: 200 }), (events) => {
        const { injector, gate } = setUp();
        for (const who of ['a', 'b', 'c']) gate.admit(who, VIEW_AND_CONTROL);
        for (const [who, what] of events) gate.accept(who, what);
        gate.releaseAll();
        const down = new Set<string>();
        for (const act of injector.acts) {
          if (act.act !== 'button' && act.act !== 'key') continue;
          const name = act.act === 'key' ? act.code : act.button;
          if (!act.down) expect(down.delete(name)).toBe(true);
          else if (act.act === 'button') expect(down.has(name)).toBe(false);
          if (act.down) down.add(name);
        }
        expect(down.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('loses no wheel movement', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3600, max: 3600 }), { maxLength: 100 }), (deltas) => {
        const { injector, gate } = setUp();
        gate.admit('a', VIEW_AND_CONTROL);
        for (const dy of deltas) gate.accept('a', { kind: 'wheel', dx: 0, dy, xPx: 0, yPx: 0 });
        const notches = injector.acts.reduce((sum, act) => (act.act === 'scroll' ? sum + act.notchesY : sum), 0);
        const total = deltas.reduce((sum, delta) => sum + delta, 0);
        expect(Math.abs(total - notches * WHEEL_NOTCH)).toBeLessThan(WHEEL_NOTCH);
      }),
    );
  });
});
