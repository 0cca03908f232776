import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../../shared/base/errors.ts';
import { V1_LIMITS } from './v1-limits.ts';
import { parseV1Message, v1Answer } from './v1-message.ts';

const ID = '6f1c9a52-33c1-4c58-9d0e-0d4f7f1a2b3c';
const CLIENT = 'c0ffee00-0000-4000-8000-000000000001';

const FROM_THE_DESCRIPTION = [
  { type: 'register_host', host_id: ID, timestamp: 1695038402.123 },
  { type: 'screen_frame', host_id: ID, data: '/9j/4AAQSkZJRg==', timestamp: 1695038402 },
  { type: 'register_client', client_id: CLIENT, target_host: ID },
  {
    type: 'control_command',
    client_id: CLIENT,
    target_host: ID,
    command: { type: 'mouse_click', x: 100, y: 200, button: 'left' },
  },
  { type: 'get_hosts' },
];

const COMMANDS = [
  { type: 'mouse_click', x: 100, y: 200 },
  { type: 'mouse_move', x: 0, y: -3.5 },
  { type: 'mouse_down', x: 1, y: 2, button: 'right' },
  { type: 'mouse_up', x: 1, y: 2, button: 'middle' },
  { type: 'mouse_scroll', dx: 0, dy: -3 },
  { type: 'mouse_scroll', x: 10, y: 20, dy: 1 },
  { type: 'key_press', key: 'enter' },
  { type: 'key_down', key: 'shift' },
  { type: 'key_up', key: 'ç' },
  { type: 'type_text', text: 'olá, 世界' },
];

const command = (inner: unknown) => ({ type: 'control_command', client_id: CLIENT, target_host: ID, command: inner });

function fieldOf(text: string): string | undefined {
  try {
    parseV1Message(text);
  } catch (error) {
    if (error instanceof TarnetError && error.reason === 'malformed') return error.field;
    throw error;
  }
  return undefined;
}

describe('messages of v1', () => {
  it.each(FROM_THE_DESCRIPTION)('of the description are understood: $type', (message) => {
    expect(parseV1Message(JSON.stringify(message))).toEqual(message);
  });

  it.each(COMMANDS)('carry the whole family of commands: $type', (inner) => {
    expect(parseV1Message(JSON.stringify(command(inner)))).toEqual(command(inner));
  });

  it('may say more than the relay knows', () => {
    const message = { type: 'register_host', host_id: 'abc-123', name: 'sala 4', screen: { width: 1920 } };
    expect(parseV1Message(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    ['', 'message'],
    ['{', 'message'],
    ['null', 'message'],
    ['[]', 'message'],
    ['"get_hosts"', 'message'],
    ['{}', 'type'],
    ['{"type":1}', 'type'],
    ['{"type":"host_registered"}', 'type'],
    ['{"type":"register_host"}', 'host_id'],
    ['{"type":"register_host","host_id":7}', 'host_id'],
    ['{"type":"register_host","host_id":""}', 'host_id'],
    ['{"type":"register_host","host_id":"two lines\\nof log"}', 'host_id'],
    [`{"type":"register_host","host_id":"${'x'.repeat(V1_LIMITS.maxIdLength + 1)}"}`, 'host_id'],
    [`{"type":"register_host","host_id":"${ID}","timestamp":{}}`, 'timestamp'],
    [`{"type":"screen_frame","host_id":"${ID}"}`, 'data'],
    [`{"type":"screen_frame","host_id":"${ID}","data":[1]}`, 'data'],
    [`{"type":"register_client","target_host":"${ID}"}`, 'client_id'],
    [`{"type":"register_client","client_id":"${CLIENT}"}`, 'target_host'],
    [`{"type":"control_command","client_id":"${CLIENT}","target_host":"${ID}"}`, 'command'],
    [JSON.stringify(command(null)), 'command'],
    [JSON.stringify(command({})), 'command.type'],
    [JSON.stringify(command({ type: 'shutdown' })), 'command.type'],
    [JSON.stringify(command({ type: 'mouse_click', y: 1 })), 'command.x'],
    [JSON.stringify(command({ type: 'mouse_click', x: 1, y: '2' })), 'command.y'],
    [JSON.stringify(command({ type: 'mouse_click', x: 1, y: 1e9 })), 'command.y'],
    [JSON.stringify(command({ type: 'mouse_click', x: 1, y: 1, button: 'back' })), 'command.button'],
    [JSON.stringify(command({ type: 'key_press' })), 'command.key'],
    [JSON.stringify(command({ type: 'type_text', text: '' })), 'command.text'],
    [JSON.stringify(command({ type: 'type_text', text: 'x'.repeat(V1_LIMITS.maxTextLength + 1) })), 'command.text'],
  ])('name the field that is wrong: %s', (text, field) => {
    expect(fieldOf(text)).toBe(field);
  });

  it('that are nearly right are understood or name a field, and nothing else happens', () => {
    const good = fc.constantFrom(...FROM_THE_DESCRIPTION, ...COMMANDS.map(command));
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(1e308, -0, '', '\u0000', '🙂', '__proto__'));
    const nearly = fc.tuple(good, fc.nat(), odd, fc.boolean()).map(([message, at, value, inside]) => {
      const copy: Record<string, unknown> = structuredClone(message);
      const inner = copy.command;
      const target: Record<string, unknown> =
        inside && typeof inner === 'object' && inner !== null ? Object.assign(inner) : copy;
      const keys = Object.keys(target);
      const key = keys[at % keys.length]!;
      if (value === '__proto__') delete target[key];
      else target[key] = value;
      return JSON.stringify(copy);
    });
    const cut = fc.tuple(nearly, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
    fc.assert(
      fc.property(fc.oneof(nearly, cut, fc.string(), fc.json()), (text) => {
        const field = fieldOf(text);
        if (field !== undefined) expect(field).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  it('of great depth are refused like any other', () => {
    expect(fieldOf('['.repeat(30_000))).toBe('message');
    expect(fieldOf(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)).toBe('message');
    expect(fieldOf(`{"type":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`)).toBe('type');
  });
});

describe('answers of v1', () => {
  const at = Date.UTC(2023, 8, 18, 12, 0, 2);
  it('are these, byte for byte', () => {
    expect(v1Answer.hostRegistered('abc-123', at)).toBe(
      '{"type":"host_registered","host_id":"abc-123","room_id":"room_abc-123","server_time":"2023-09-18T12:00:02.000Z"}',
    );
    expect(v1Answer.error('host_id: campo obrigatório ausente', at)).toBe(
      '{"type":"error","message":"host_id: campo obrigatório ausente","timestamp":"2023-09-18T12:00:02.000Z"}',
    );
    expect(v1Answer.clientRegistered('c-1', 'abc-123', at)).toBe(
      '{"type":"client_registered","client_id":"c-1","target_host":"abc-123","room_id":"room_abc-123","server_time":"2023-09-18T12:00:02.000Z"}',
    );
    expect(v1Answer.hostDisconnected('abc-123', at)).toBe(
      '{"type":"host_disconnected","host_id":"abc-123","timestamp":"2023-09-18T12:00:02.000Z"}',
    );
    const entry = { host_id: 'abc-123', connected_at: '2023-09-18T12:00:02.000Z', last_frame: null };
    expect(
      v1Answer.hostsList([{ ...entry, clients_connected: 0 }], {
        total_hosts: 1,
        total_clients: 0,
        messages_processed: 2,
      }),
    ).toBe(
      '{"type":"hosts_list","hosts":[{"host_id":"abc-123","connected_at":"2023-09-18T12:00:02.000Z","last_frame":null,"clients_connected":0}],"server_stats":{"total_hosts":1,"total_clients":0,"messages_processed":2}}',
    );
  });
});
