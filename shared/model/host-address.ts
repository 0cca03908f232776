// Owns how a host is named by its user: HOST[:PORT], [IPv6]:PORT, or a tarnet:// link.
import { TarnetError } from '../base/errors.ts';

export const DEFAULT_RELAY_PORT = 8000;

export interface HostAddress {
  /** Host name or IP address, without brackets. */
  host: string;
  port: number;
}

const MAX_LENGTH = 280;
const NAME = /^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9.])?$/i;
const IPV6 = /^[0-9a-f:.]{2,45}(%[a-z0-9._-]{1,32})?$/i;

/** Parses HOST[:PORT] or tarnet://HOST[:PORT]. Throws `malformed` that names `address`. */
export function parseHostAddress(text: unknown): HostAddress {
  if (typeof text !== 'string') throw TarnetError.malformed('address', 'expected text');
  if (text.length > MAX_LENGTH) throw TarnetError.malformed('address', 'too long', `${MAX_LENGTH} characters`);
  const bare = text
    .trim()
    .replace(/^tarnet:\/\//i, '')
    .replace(/\/$/, '');
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)|([0-9a-f:.%]*:[0-9a-f:.%]*:[0-9a-f:.%a-z]*))(?::(\d{1,5}))?$/i.exec(bare);
  const host = match?.[1] ?? match?.[2] ?? match?.[3];
  if (!host || !(match?.[2] ? NAME : IPV6).test(host))
    throw TarnetError.malformed('address', 'expected HOST, HOST:PORT or [IPv6]:PORT');
  const port = match?.[4] === undefined ? DEFAULT_RELAY_PORT : Number(match[4]);
  if (port < 1 || port > 65_535) throw TarnetError.malformed('address', `port ${port}`, '1 to 65535');
  return { host, port };
}

/** The address as its user would type it; the default port is left out. */
export function formatHostAddress(address: HostAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return address.port === DEFAULT_RELAY_PORT ? host : `${host}:${address.port}`;
}

/** The WebSocket URL of the relay at this address. */
export function relayUrl(address: HostAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `ws://${host}:${address.port}/`;
}
