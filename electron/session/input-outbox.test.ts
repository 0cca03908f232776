import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { INPUT_RECORD_LIMITS } from '../../shared/wire/messages/input.ts';
import { INPUT_OUTBOX_LIMITS, InputOutbox } from './input-outbox.ts';

const move = (xPx: number): InputEvent => ({ kind: 'move', xPx, yPx: 0 });
const key = (down: boolean): InputEvent => ({ kind: 'key', code: 'KeyA', down });

describe('InputOutbox', () => {
  it('joins moves that follow each other, also across calls, and keeps the order of the rest', () => {
    const outbox = new InputOutbox();
    outbox.add([move(1), move(2), key(true), move(3)]);
    outbox.add([move(4), key(false), move(5)]);
    expect(outbox.take()).toEqual([move(2), key(true), move(4), key(false), move(5)]);
    expect(outbox.take()).toEqual([]);
  });

  it('gives out at most one record at a time', () => {
    const outbox = new InputOutbox();
    const events = Array.from({ length: INPUT_RECORD_LIMITS.maxEvents + 3 }, (_, index) => key(index % 2 === 0));
    outbox.add(events);
    expect([...outbox.take(), ...outbox.take()]).toEqual(events);
  });

  it('gives everything up, and releases everything, when too much waits', () => {
    const outbox = new InputOutbox();
    for (let index = 0; index <= INPUT_OUTBOX_LIMITS.maxWaiting; index++) {
      outbox.add([key(true)]);
      expect(outbox.waiting).toBeLessThanOrEqual(INPUT_OUTBOX_LIMITS.maxWaiting);
    }
    outbox.add([move(1)]);
    expect(outbox.take()).toEqual([{ kind: 'release-all' }, move(1)]);
  });
});
