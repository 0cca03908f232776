// Owns how a host of protocol v1 is named: the relay that it is at, and its ID there. Such a host has no encryption.
import { TarnetError } from '../base/errors.ts';
import { formatHostAddress, parseHostAddress } from './host-address.ts';

export const PLAIN_HOST_LIMITS = {
  maxIdLength: 128,
  maxRelayLength: 290,
  /** Hosts of one relay that are listed. */
  maxListed: 1_000,
} as const;

/** A host as its relay lists it. */
export interface PlainHost {
  hostId: string;
  /** ISO 8601, or empty where the relay does not say. */
  connectedAt: string;
  clients: number;
}

/**
 * The WebSocket URL of a v1 relay: HOST[:PORT], or the same behind ws:// or wss://; `?token=` may follow. Throws `malformed`
 * that names `relay`.
 */
export function parsePlainRelay(text: string): string {
  if (text.length > PLAIN_HOST_LIMITS.maxRelayLength)
    throw TarnetError.malformed('relay', 'too long', `${PLAIN_HOST_LIMITS.maxRelayLength} characters`);
  const [, scheme = 'ws', place = '', query = ''] =
    /^(?:(wss?):\/\/)?([^/?#\s]+)\/?(\?token=[A-Za-z0-9._~%-]+)?$/i.exec(text.trim()) ?? [];
  try {
    const { host, port } = parseHostAddress(place);
    return `${scheme.toLowerCase()}://${host.includes(':') ? `[${host}]` : host}:${port}/${query}`;
  } catch (cause) {
    throw new TarnetError('malformed', 'relay: expected HOST, HOST:PORT, ws:// or wss:// URL', {
      field: 'relay',
      cause,
    });
  }
}

/** The relay as people know it, without scheme and token. */
export function showPlainRelay(text: string): string {
  const bare = parsePlainRelay(text).replace(/^wss?:\/\//, '');
  return formatHostAddress(parseHostAddress(bare.replace(/\/.*$/, '')));
}

/** Throws `malformed` that names `hostId`. */
export function checkPlainHostId(hostId: string): void {
  if (!/^[\x21-\x7e]{1,128}$/.test(hostId))
    throw TarnetError.malformed('hostId', 'expected printable characters without spaces', '128 characters');
}
