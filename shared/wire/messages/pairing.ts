// Owns what viewer and host say to each other when their users pair the two, on the `session` channel.
import * as v from 'valibot';
import { exactBytes, packedMessage } from '../packed.ts';

const DISCOVERY_KEY_BYTES = 32;

/** viewer → host: its user wants to pair, or does not want what was offered. */
export const pairingRequestMessage = packedMessage(
  'pairing-request',
  64,
  v.strictObject({ op: v.literal('pairing-request'), wanted: v.boolean() }),
);

/** host → viewer: its user proposes it, or has said no. */
export const pairingNewsMessage = packedMessage(
  'pairing-news',
  64,
  v.strictObject({ op: v.literal('pairing-news'), news: v.picklist(['offered', 'declined']) }),
);

/** host → viewer: both agree. The key is what the host is recognised by on the LAN. */
export const pairedMessage = packedMessage(
  'paired',
  96,
  v.strictObject({ op: v.literal('paired'), discoveryKey: exactBytes(DISCOVERY_KEY_BYTES) }),
);
