import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../../shared/model/input-event.ts';
import { KEY_CODES } from '../../../shared/model/key-codes.ts';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import { V1_COMMANDER_LIMITS, V1Commander } from './v1-commander.ts';
import { keyOfV1Name, v1KeyName } from './v1-keys.ts';
import type { V1Command } from './v1-wire.ts';

function make() {
  const clock = new FakeClock();
  const sent: V1Command[] = [];
  const commander = new V1Commander(clock, (command) => sent.push(command));
  return { clock, sent, commander };
}

const press = (down: boolean, xPx = 10, yPx = 20): InputEvent => ({ kind: 'button', button: 'left', down, xPx, yPx });

describe('input for a v1 host', () => {
  it('is a click where it was one', () => {
    const { commander, sent } = make();
    commander.input([press(true)]);
    expect(sent).toEqual([]);
    commander.input([{ kind: 'move', xPx: 11, yPx: 20 }, press(false, 11)]);
    expect(sent).toEqual([{ type: 'mouse_click', x: 11, y: 20, button: 'left' }]);
  });

  it('is down, moves and up where the pointer was dragged, or the button held', () => {
    const { commander, sent, clock } = make();
    commander.input([press(true), { kind: 'move', xPx: 50, yPx: 20 }, press(false, 50)]);
    expect(sent.splice(0)).toEqual([
      { type: 'mouse_down', x: 10, y: 20, button: 'left' },
      { type: 'mouse_move', x: 50, y: 20 },
      { type: 'mouse_up', x: 50, y: 20, button: 'left' },
    ]);
    commander.input([press(true)]);
    clock.advance(V1_COMMANDER_LIMITS.clickMs);
    expect(sent.map(({ type }) => type)).toEqual(['mouse_down']);
    commander.input([press(false)]);
    expect(sent.map(({ type }) => type)).toEqual(['mouse_down', 'mouse_up']);
  });

  it('keeps the order: a key while a button is pressed comes after it', () => {
    const { commander, sent } = make();
    commander.input([press(true), { kind: 'key', code: 'ShiftLeft', down: true }, press(false)]);
    expect(sent.map(({ type }) => type)).toEqual(['mouse_down', 'key_down', 'mouse_up']);
  });

  it('joins text and moves, and counts notches of the wheel', () => {
    const { commander, sent } = make();
    commander.input([
      { kind: 'move', xPx: 1, yPx: 1 },
      { kind: 'move', xPx: 2, yPx: 2 },
      { kind: 'text', codePoint: 0xe7 },
      { kind: 'text', codePoint: 0x1f642 },
      { kind: 'wheel', dx: 0, dy: 60, xPx: 5, yPx: 6 },
      { kind: 'wheel', dx: -240, dy: 60, xPx: 5, yPx: 6 },
    ]);
    expect(sent).toEqual([
      { type: 'mouse_move', x: 2, y: 2 },
      { type: 'type_text', text: 'ç🙂' },
      { type: 'mouse_scroll', x: 5, y: 6, dx: -2, dy: 1 },
    ]);
  });

  it('leaves nothing pressed, whatever came before', () => {
    const code = fc.constantFrom(...KEY_CODES);
    const place = { xPx: fc.nat({ max: 100 }), yPx: fc.nat({ max: 100 }) };
    const event = fc.oneof(
      fc.record({ kind: fc.constant('move' as const), ...place }),
      fc.record({
        kind: fc.constant('button' as const),
        button: fc.constantFrom('left' as const, 'middle' as const, 'right' as const, 'back' as const),
        down: fc.boolean(),
        ...place,
      }),
      fc.record({ kind: fc.constant('key' as const), code, down: fc.boolean() }),
      fc.constant({ kind: 'release-all' as const }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat({ max: 400 })), { maxLength: 40 }), (steps) => {
        const { commander, sent, clock } = make();
        for (const [one, waitMs] of steps) {
          commander.input([one]);
          clock.advance(waitMs);
        }
        commander.releaseAll();
        const held = new Set<string>();
        for (const command of sent) {
          if (command.type === 'key_down') held.add(command.key);
          if (command.type === 'key_up') held.delete(command.key);
          if (command.type === 'mouse_down') {
            expect(held.has(`button ${command.button}`)).toBe(false);
            held.add(`button ${command.button}`);
          }
          if (command.type === 'mouse_up') expect(held.delete(`button ${command.button}`)).toBe(true);
        }
        expect([...held]).toEqual([]);
      }),
    );
  });
});

describe('names of keys', () => {
  it('lead back to their keys', () => {
    for (const code of KEY_CODES) {
      const name = v1KeyName(code);
      if (name !== null) expect(keyOfV1Name(name)).toBe(code);
    }
    expect(['a', 'A', 'Return', 'ESC', 'Super', 'f12', '7', ' '].map(keyOfV1Name)).toEqual([
      'KeyA',
      'KeyA',
      'Enter',
      'Escape',
      'MetaLeft',
      'F12',
      'Digit7',
      'Space',
    ]);
    expect(keyOfV1Name('constructor')).toBeNull();
  });
});
