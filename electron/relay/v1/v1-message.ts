// Owns the messages of protocol v1: what hosts and clients may say, and the exact form of every answer.
import * as v from 'valibot';
import { TarnetError } from '../../../shared/base/errors.ts';
import { V1_LIMITS } from './v1-limits.ts';

// Without spaces or control characters: IDs stand in log lines and in room names.
const id = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/), v.maxLength(V1_LIMITS.maxIdLength));
const timestamp = v.optional(
  v.nullable(v.union([v.pipe(v.number(), v.finite()), v.pipe(v.string(), v.maxLength(64))])),
);
const token = v.optional(v.pipe(v.string(), v.maxLength(V1_LIMITS.maxTokenLength)));

const coordinate = v.pipe(v.number(), v.minValue(-V1_LIMITS.maxCoordinate), v.maxValue(V1_LIMITS.maxCoordinate));
const notches = v.pipe(v.number(), v.minValue(-V1_LIMITS.maxScroll), v.maxValue(V1_LIMITS.maxScroll));
const button = v.optional(v.picklist(['left', 'middle', 'right']));
const key = v.pipe(v.string(), v.minLength(1), v.maxLength(V1_LIMITS.maxKeyLength));
const place = { x: coordinate, y: coordinate };

const command = v.variant('type', [
  v.looseObject({ type: v.literal('mouse_click'), ...place, button }),
  v.looseObject({ type: v.literal('mouse_move'), ...place }),
  v.looseObject({ type: v.literal('mouse_down'), ...place, button }),
  v.looseObject({ type: v.literal('mouse_up'), ...place, button }),
  v.looseObject({
    type: v.literal('mouse_scroll'),
    x: v.optional(coordinate),
    y: v.optional(coordinate),
    dx: v.optional(notches),
    dy: v.optional(notches),
  }),
  v.looseObject({ type: v.literal('key_press'), key }),
  v.looseObject({ type: v.literal('key_down'), key }),
  v.looseObject({ type: v.literal('key_up'), key }),
  v.looseObject({
    type: v.literal('type_text'),
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(V1_LIMITS.maxTextLength)),
  }),
]);

const messageSchema = v.variant('type', [
  v.looseObject({ type: v.literal('register_host'), host_id: id, timestamp, token }),
  v.looseObject({
    type: v.literal('screen_frame'),
    host_id: id,
    data: v.pipe(v.string(), v.minLength(1)),
    timestamp,
  }),
  v.looseObject({ type: v.literal('register_client'), client_id: id, target_host: id, token }),
  v.looseObject({ type: v.literal('control_command'), client_id: id, target_host: id, command }),
  v.looseObject({ type: v.literal('get_hosts'), token }),
]);

/** A message of a host or a client; fields that the relay does not know are kept as they are. */
export type V1Message = v.InferOutput<typeof messageSchema>;

/** One line of the list of hosts. Times are ISO 8601. */
export interface V1HostEntry {
  host_id: string;
  connected_at: string;
  /** Null until the first frame. */
  last_frame: string | null;
  clients_connected: number;
}

export interface V1Stats {
  total_hosts: number;
  total_clients: number;
  messages_processed: number;
}

/** Parses one text message. Throws `malformed` naming the field, with dots between levels: `command.x`. */
export function parseV1Message(text: string): V1Message {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw TarnetError.malformed('message', 'JSON inválido');
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content))
    throw TarnetError.malformed('message', 'esperado um objeto JSON');
  const parsed = v.safeParse(messageSchema, content, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = issue.path ?? [];
  const field = path.map((step) => String(step.key)).join('.') || 'message';
  const missing = path.length > 0 && path.at(-1)?.value === undefined;
  if (missing) throw TarnetError.malformed(field, 'campo obrigatório ausente');
  const unknown = field === 'type' || field === 'command.type';
  throw TarnetError.malformed(field, unknown ? 'tipo desconhecido' : 'valor inválido');
}

/** The room of a host, by name. */
export function v1RoomId(hostId: string): string {
  return `room_${hostId}`;
}

/** The answers of the relay, each as the text that is sent. */
export const v1Answer = {
  hostRegistered: (hostId: string, nowMs: number): string =>
    JSON.stringify({
      type: 'host_registered',
      host_id: hostId,
      room_id: v1RoomId(hostId),
      server_time: isoTime(nowMs),
    }),
  clientRegistered: (clientId: string, hostId: string, nowMs: number): string =>
    JSON.stringify({
      type: 'client_registered',
      client_id: clientId,
      target_host: hostId,
      room_id: v1RoomId(hostId),
      server_time: isoTime(nowMs),
    }),
  hostDisconnected: (hostId: string, nowMs: number): string =>
    JSON.stringify({ type: 'host_disconnected', host_id: hostId, timestamp: isoTime(nowMs) }),
  hostsList: (hosts: readonly V1HostEntry[], stats: V1Stats): string =>
    JSON.stringify({ type: 'hosts_list', hosts, server_stats: stats }),
  error: (message: string, nowMs: number): string =>
    JSON.stringify({ type: 'error', message, timestamp: isoTime(nowMs) }),
};

/** ISO 8601 in UTC. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
