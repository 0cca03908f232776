import fc from 'fast-check';
import { safeParse } from 'valibot';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../../shared/base/errors.ts';
import { inputEventSchema } from '../../../shared/model/input-event.ts';
import { V1Hand } from './v1-hand.ts';
import { clientsOf, parseV1HostHeard, registerHost, screenFrame, V1_HOST_LIMITS } from './v1-host-wire.ts';

const said = (command: unknown) =>
  JSON.stringify({ type: 'control_command', client_id: 'c', target_host: 'h', command });

function heard(command: unknown) {
  const message = parseV1HostHeard(said(command));
  if (message?.type !== 'control_command') throw new Error('no command');
  return message.command;
}

describe('the commands of a v1 client', () => {
  const inputOf = (command: unknown, hand = new V1Hand()) => hand.inputOf(heard(command));

  it('are the input that they name', () => {
    expect(inputOf({ type: 'mouse_click', x: 100, y: 200, button: 'left' })).toEqual([
      { kind: 'button', button: 'left', down: true, xPx: 100, yPx: 200 },
      { kind: 'button', button: 'left', down: false, xPx: 100, yPx: 200 },
    ]);
    expect(inputOf({ type: 'mouse_click', x: 1, y: 2 })[0]).toMatchObject({ button: 'left' });
    expect(inputOf({ type: 'mouse_move', x: -3.2, y: 70_000.5 })).toEqual([{ kind: 'move', xPx: 0, yPx: 65_535 }]);
    expect(inputOf({ type: 'mouse_scroll', x: 5, y: 6, dx: 0, dy: 2 })).toEqual([
      { kind: 'wheel', dx: 0, dy: 240, xPx: 5, yPx: 6 },
    ]);
    expect(inputOf({ type: 'key_down', key: 'Escape' })).toEqual([{ kind: 'key', code: 'Escape', down: true }]);
    expect(inputOf({ type: 'key_press', key: 'f5' })).toEqual([
      { kind: 'key', code: 'F5', down: true },
      { kind: 'key', code: 'F5', down: false },
    ]);
    expect(inputOf({ type: 'type_text', text: 'ç\n' })).toEqual([
      { kind: 'text', codePoint: 0xe7 },
      { kind: 'key', code: 'Enter', down: true },
      { kind: 'key', code: 'Enter', down: false },
    ]);
  });

  it('mean a character as it is written, and a key where one is held', () => {
    const hand = new V1Hand();
    expect(inputOf({ type: 'key_press', key: 'A' }, hand)).toEqual([{ kind: 'text', codePoint: 0x41 }]);
    inputOf({ type: 'key_down', key: 'ctrl' }, hand);
    expect(inputOf({ type: 'key_press', key: 'c' }, hand)).toMatchObject([
      { code: 'KeyC', down: true },
      { code: 'KeyC', down: false },
    ]);
  });

  it('scroll nowhere before the pointer has been anywhere', () => {
    const hand = new V1Hand();
    expect(inputOf({ type: 'mouse_scroll', dy: 1 }, hand)).toEqual([]);
    inputOf({ type: 'mouse_move', x: 7, y: 8 }, hand);
    expect(inputOf({ type: 'mouse_scroll', dy: 1 }, hand)).toMatchObject([{ xPx: 7, yPx: 8 }]);
  });

  it('tell what is held', () => {
    const hand = new V1Hand();
    inputOf({ type: 'mouse_down', x: 1, y: 1, button: 'right' }, hand);
    inputOf({ type: 'key_down', key: 'shift' }, hand);
    inputOf({ type: 'mouse_up', x: 1, y: 1, button: 'right' }, hand);
    expect(hand.holdsAny).toBe(true);
    inputOf({ type: 'key_up', key: 'shift' }, hand);
    expect(hand.holdsAny).toBe(false);
    inputOf({ type: 'key_down', key: 'no such key' }, hand);
    expect(hand.holdsAny).toBe(false);
  });

  it('are input that anybody may make, whatever they say', () => {
    const type = fc.constantFrom(
      'mouse_click',
      'mouse_move',
      'mouse_down',
      'mouse_up',
      'mouse_scroll',
      'key_press',
      'key_down',
      'key_up',
      'type_text',
      'no_such',
    );
    const number = fc.oneof(fc.double(), fc.integer(), fc.constant('1'), fc.constant(undefined));
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('enter', 'ctrl', '\ud800', ''));
    const hand = new V1Hand();
    fc.assert(
      fc.property(
        fc.record({ type, x: number, y: number, dx: number, dy: number, button: text, key: text, text }),
        (command) => {
          let message: ReturnType<typeof parseV1HostHeard>;
          try {
            message = parseV1HostHeard(said(command));
          } catch (error) {
            expect(TarnetError.from(error)).toMatchObject({ reason: 'malformed', field: expect.any(String) });
            return;
          }
          if (message?.type !== 'control_command') return;
          for (const event of hand.inputOf(message.command))
            expect(safeParse(inputEventSchema, event).success).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what a v1 host says and hears', () => {
  it('is what the protocol has', () => {
    expect(JSON.parse(registerHost('h', 1_500))).toEqual({ type: 'register_host', host_id: 'h', timestamp: 1.5 });
    expect(screenFrame('h', Uint8Array.of(0xff, 0xd8), 2_000)).toBe(
      '{"type":"screen_frame","host_id":"h","data":"/9g=","timestamp":2}',
    );
    const list = parseV1HostHeard(
      '{"type":"hosts_list","hosts":[{"host_id":"a","clients_connected":3},{"host_id":"b"}],"server_stats":{}}',
    );
    if (list?.type !== 'hosts_list') throw new Error('no list');
    expect([clientsOf(list, 'a'), clientsOf(list, 'b'), clientsOf(list, 'c')]).toEqual([3, 0, null]);
    expect(parseV1HostHeard('{"type":"client_joined"}')).toBeNull();
  });

  it('is refused when it is too long, or no JSON', () => {
    expect(() => parseV1HostHeard(' '.repeat(V1_HOST_LIMITS.maxHeardLength + 1))).toThrow(
      expect.objectContaining({ reason: 'too-large' }),
    );
    expect(() => parseV1HostHeard('{')).toThrow(expect.objectContaining({ reason: 'malformed', field: 'message' }));
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          parseV1HostHeard(text);
        } catch (error) {
          expect(TarnetError.from(error).reason).toBe('malformed');
        }
      }),
    );
  });
});
