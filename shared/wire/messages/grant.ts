// Owns what a host grants a viewer, sealed inside HS4 of the handshake.
import * as v from 'valibot';
import { count, displayText, exactBytes, packedMessage } from '../packed.ts';
import { sourceId, sourcesSchema } from './display-list.ts';

export const GRANT_LIMITS = { maxTicketLifetimeMs: 3_600_000 } as const;
const TICKET_ID_BYTES = 16;

export const grantMessage = packedMessage(
  'grant',
  48 * 1024,
  v.strictObject({
    protocolVersion: count(255),
    /** The host's name and system. */
    name: displayText(128),
    system: displayText(64),
    /** permissionsToBits of shared/model/permissions.ts. */
    permissionBits: count(0xffffffff),
    sources: sourcesSchema,
    selectedId: v.nullable(sourceId),
    /** What the viewer shows to come back without a new question (handshake mode 4), and how long it is good for. */
    ticketId: exactBytes(TICKET_ID_BYTES),
    ticketLifetimeMs: count(GRANT_LIMITS.maxTicketLifetimeMs),
  }),
);
export type Grant = v.InferOutput<typeof grantMessage.schema>;
