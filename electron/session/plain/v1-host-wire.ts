// Owns the messages of protocol v1 from a host's side: what it says, and what it hears (docs/protocol.md, version 1).
import * as v from 'valibot';
import { TarnetError } from '../../../shared/base/errors.ts';
import { INPUT_LIMITS } from '../../../shared/model/input-event.ts';
import { PLAIN_HOST_LIMITS } from '../../../shared/model/plain-host.ts';
import { parseV1Text, v1ErrorSchema, v1HostsListSchema } from './v1-wire.ts';

export const V1_HOST_LIMITS = {
  /** Characters of one message from the relay; a list of hosts is the longest. */
  maxHeardLength: 1024 * 1024,
  maxKeyLength: 64,
  /** Characters of one `type_text`. */
  maxTextLength: 4_096,
  /** Notches of a wheel in one command. */
  maxNotches: 30,
} as const;

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(PLAIN_HOST_LIMITS.maxIdLength));
/** Whatever is beyond the screen becomes its edge: old clients round and scale as they like. */
const coordinate = v.pipe(
  v.number(),
  v.finite(),
  v.transform((px) => Math.min(INPUT_LIMITS.maxCoordinatePx, Math.max(0, Math.round(px)))),
);
const notches = v.optional(
  v.pipe(
    v.number(),
    v.finite(),
    v.transform((count) => Math.min(V1_HOST_LIMITS.maxNotches, Math.max(-V1_HOST_LIMITS.maxNotches, count))),
  ),
  0,
);
const button = v.optional(v.picklist(['left', 'middle', 'right']), 'left');
const key = v.pipe(v.string(), v.minLength(1), v.maxLength(V1_HOST_LIMITS.maxKeyLength));
const place = { x: coordinate, y: coordinate };

const commandSchema = v.variant('type', [
  v.looseObject({ type: v.literal('mouse_click'), ...place, button }),
  v.looseObject({ type: v.literal('mouse_down'), ...place, button }),
  v.looseObject({ type: v.literal('mouse_up'), ...place, button }),
  v.looseObject({ type: v.literal('mouse_move'), ...place }),
  v.looseObject({
    type: v.literal('mouse_scroll'),
    x: v.optional(coordinate),
    y: v.optional(coordinate),
    dx: notches,
    dy: notches,
  }),
  v.looseObject({ type: v.literal('key_press'), key }),
  v.looseObject({ type: v.literal('key_down'), key }),
  v.looseObject({ type: v.literal('key_up'), key }),
  v.looseObject({
    type: v.literal('type_text'),
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(V1_HOST_LIMITS.maxTextLength)),
  }),
]);
/** What a client wants done, coordinates in pixels of the host's screen. */
export type V1HeardCommand = v.InferOutput<typeof commandSchema>;

const heardSchema = v.variant('type', [
  v.looseObject({ type: v.literal('host_registered'), host_id: v.optional(id) }),
  v.looseObject({ type: v.literal('control_command'), client_id: id, target_host: id, command: commandSchema }),
  v1HostsListSchema,
  v1ErrorSchema,
]);
export type V1HostHeard = v.InferOutput<typeof heardSchema>;

/**
 * One text of the relay; null for a message or a command that this host has no use for. Throws `malformed` that names the
 * field, or `too-large`.
 */
export function parseV1HostHeard(text: string): V1HostHeard | null {
  if (text.length > V1_HOST_LIMITS.maxHeardLength)
    throw TarnetError.tooLarge('message', text.length, V1_HOST_LIMITS.maxHeardLength);
  return parseV1Text(heardSchema, text, ['type', 'command.type']);
}

/** How many clients the relay has in this host's room; null when it does not list the host. */
export function clientsOf({ hosts }: Extract<V1HostHeard, { type: 'hosts_list' }>, hostId: string): number | null {
  return hosts.find(({ host_id }) => host_id === hostId)?.clients_connected ?? null;
}

/** @param nowMs since the Unix epoch */
export function registerHost(hostId: string, nowMs: number): string {
  return JSON.stringify({ type: 'register_host', host_id: hostId, timestamp: nowMs / 1000 });
}

/** @param picture a whole JPEG file; @param nowMs since the Unix epoch */
export function screenFrame(hostId: string, picture: Uint8Array, nowMs: number): string {
  const data = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength).toString('base64');
  return JSON.stringify({ type: 'screen_frame', host_id: hostId, data, timestamp: nowMs / 1000 });
}
