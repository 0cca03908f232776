// Owns the messages of protocol v1 from a client's side: what it says, and what it hears (docs/protocol.md, version 1).
import * as v from 'valibot';
import { TarnetError } from '../../../shared/base/errors.ts';
import { PLAIN_HOST_LIMITS, type PlainHost } from '../../../shared/model/plain-host.ts';
import { PLAIN_PICTURE_LIMITS } from '../../../shared/model/plain-picture.ts';

const BASE64_GROWTH = 4 / 3;
const id = v.pipe(v.string(), v.maxLength(PLAIN_HOST_LIMITS.maxIdLength));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const v1HostsListSchema = v.looseObject({
  type: v.literal('hosts_list'),
  hosts: v.pipe(
    v.array(
      v.looseObject({
        host_id: id,
        connected_at: v.optional(v.pipe(v.string(), v.maxLength(64)), ''),
        clients_connected: v.optional(count, 0),
      }),
    ),
    v.maxLength(PLAIN_HOST_LIMITS.maxListed),
  ),
});
export const v1ErrorSchema = v.looseObject({
  type: v.literal('error'),
  message: v.pipe(v.string(), v.maxLength(4_096)),
});

const heardSchema = v.variant('type', [
  v.looseObject({
    type: v.literal('screen_frame'),
    host_id: id,
    data: v.pipe(v.string(), v.maxLength(Math.ceil(PLAIN_PICTURE_LIMITS.maxBytes * BASE64_GROWTH) + 64)),
  }),
  v.looseObject({ type: v.literal('client_registered') }),
  v.looseObject({ type: v.literal('host_disconnected'), host_id: v.optional(id) }),
  v1ErrorSchema,
  v1HostsListSchema,
]);
export type V1Heard = v.InferOutput<typeof heardSchema>;

/** One text of the relay; null for a message that this client has no use for. Throws `malformed` that names the field. */
export function parseV1Heard(text: string): V1Heard | null {
  return parseV1Text(heardSchema, text, ['type']);
}

/**
 * One text as the schema has it; null where what is wrong is one of `kinds`: a message that this side has no use for. Throws
 * `malformed` that names the field.
 */
export function parseV1Text<T>(schema: v.GenericSchema<unknown, T>, text: string, kinds: readonly string[]): T | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new TarnetError('malformed', 'message: no JSON', { field: 'message', cause });
  }
  const parsed = v.safeParse(schema, content);
  if (parsed.success) return parsed.output;
  const path = v.getDotPath(parsed.issues[0]) ?? 'message';
  if (kinds.includes(path)) return null;
  throw TarnetError.malformed(path, parsed.issues[0].message);
}

export function plainHosts({ hosts }: Extract<V1Heard, { type: 'hosts_list' }>): PlainHost[] {
  return hosts.map(({ host_id, connected_at, clients_connected }) => ({
    hostId: host_id,
    connectedAt: connected_at,
    clients: clients_connected,
  }));
}

/** The bytes of a picture: base64, also behind `data:image/...;base64,`. Throws `malformed` when there are none. */
export function pictureBytes(data: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(data.slice(data.startsWith('data:') ? data.indexOf(',') + 1 : 0), 'base64');
  if (bytes.length === 0) throw TarnetError.malformed('data', 'no base64');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).slice();
}

export type V1Button = 'left' | 'middle' | 'right';

/** One act on the host, coordinates in pixels of its screen. */
export type V1Command =
  | { type: 'mouse_click' | 'mouse_down' | 'mouse_up'; x: number; y: number; button: V1Button }
  | { type: 'mouse_move'; x: number; y: number }
  | { type: 'mouse_scroll'; x: number; y: number; dx: number; dy: number }
  | { type: 'key_down' | 'key_up' | 'key_press'; key: string }
  | { type: 'type_text'; text: string };

export function registerClient(clientId: string, hostId: string): string {
  return JSON.stringify({ type: 'register_client', client_id: clientId, target_host: hostId });
}

export function getHosts(): string {
  return JSON.stringify({ type: 'get_hosts' });
}

export function controlCommand(clientId: string, hostId: string, command: V1Command): string {
  return JSON.stringify({ type: 'control_command', client_id: clientId, target_host: hostId, command });
}
