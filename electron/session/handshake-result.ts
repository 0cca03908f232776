// Owns what both sides have when their handshake is done.
import { exportSecret, sessionKeys } from '../../shared/crypto/key-schedule.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import { SealedChannel } from './sealed-channel.ts';

export interface HandshakeResult {
  channel: SealedChannel;
  /** 64 bytes that only the two ends know, another for each purpose: `resumption` is the secret of the next ticket. */
  exportSecret(purpose: 'resumption'): Uint8Array;
}

/** The session of this side, from the PRK and the whole of HS1 to HS4. */
export function sessionOf(
  primitives: Primitives,
  role: 'viewer' | 'host',
  prk: Uint8Array,
  messages: readonly Uint8Array[],
): HandshakeResult {
  const { viewerToHost, hostToViewer, exporter } = sessionKeys(primitives, prk, messages);
  const [send, receive] = role === 'viewer' ? [viewerToHost, hostToViewer] : [hostToViewer, viewerToHost];
  return {
    channel: new SealedChannel(primitives, { send, receive }),
    exportSecret: (purpose) => exportSecret(primitives, exporter, purpose),
  };
}
