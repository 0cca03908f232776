// Owns whose address counts when somebody comes through a proxy: what the operator's own proxies say, and nobody else.
import { isIP } from 'node:net';
import type { AddressList } from './address-rules.ts';
import { peerAddress } from './peer-address.ts';

export const FORWARDED_LIMITS = {
  /** Proxies in a row that are believed. */
  maxHops: 8,
} as const;

/**
 * The address of the client itself. `X-Forwarded-For` is read from its end, where the nearest proxy has added whom it heard:
 * the first address that is no trusted proxy's is the client's. What others wrote before it is not believed.
 * @param remoteAddress of the socket
 */
export function clientAddress(
  remoteAddress: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  proxies: AddressList | null,
): string {
  let address = peerAddress(remoteAddress);
  if (!proxies || forwardedFor === undefined) return address;
  const said = [forwardedFor].flat().join(',').split(',').reverse().slice(0, FORWARDED_LIMITS.maxHops);
  for (const text of said) {
    if (!proxies.has(address)) return address;
    const next = bareAddress(text.trim());
    if (next === null) return address;
    address = next;
  }
  return address;
}

/** Without port and brackets; null for what is no address. */
function bareAddress(text: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? null : peerAddress(bare);
}
