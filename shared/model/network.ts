// Owns networks as people write them (CIDR, RFC 4632 and 4291), and whether an address lies in one. Pure.
import { TarnetError } from '../base/errors.ts';

export const NETWORK_LIMITS = { networks: 32, textLength: 64 } as const;

export interface Network {
  bits: 32 | 128;
  /** The first address, as a number of that many bits. */
  first: bigint;
  /** Leading bits that have to agree. */
  prefixBits: number;
}

/**
 * `192.168.1.0/24`, `fd00::/8`, or a single address. Throws `malformed` for anything else, and for bits behind the prefix:
 * `192.168.1.7/24` may mean one machine or all of them.
 */
export function parseNetwork(text: string): Network {
  const [address = '', prefix, ...rest] = text.trim().split('/');
  const parsed = parseAddress(address);
  const prefixBits = prefix === undefined ? parsed?.bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!parsed || rest.length > 0 || prefixBits === undefined || !(prefixBits >= 0 && prefixBits <= parsed.bits))
    throw TarnetError.malformed('network', `${JSON.stringify(text.slice(0, NETWORK_LIMITS.textLength))} is no network`);
  const hostBits = BigInt(parsed.bits - prefixBits);
  if ((parsed.value >> hostBits) << hostBits !== parsed.value)
    throw TarnetError.malformed('network', `${JSON.stringify(text)} has bits behind its prefix`);
  return { bits: parsed.bits, first: parsed.value, prefixBits };
}

/** Whether an address is in one of the networks; nothing but a plain IP address ever is. */
export function isInNetworks(address: string, networks: readonly Network[]): boolean {
  const parsed = parseAddress(address);
  if (!parsed) return false;
  return networks.some(({ bits, first, prefixBits }) => {
    const hostBits = BigInt(bits - prefixBits);
    return bits === parsed.bits && parsed.value >> hostBits === first >> hostBits;
  });
}

/** Loopback, private and link-local: RFC 1122, 1918, 3927, 4193, and 4291 sections 2.5.3 and 2.5.6. */
const PRIVATE_NETWORKS: readonly Network[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
].map(parseNetwork);

/** Whether an address belongs to this machine or a network that the internet does not reach; false for what is none. */
export function isPrivateAddress(address: string): boolean {
  return isInNetworks(address, PRIVATE_NETWORKS);
}

interface Address {
  bits: 32 | 128;
  value: bigint;
}

/** Null for anything that is no IP address. IPv4 inside IPv6 (::ffff:a.b.c.d) is IPv4; a zone (%eth0) does not count. */
function parseAddress(text: string): Address | null {
  const [plain = ''] = text.split('%', 1);
  const v4 = parseIpv4(plain);
  if (v4 !== null) return { bits: 32, value: v4 };
  const value = parseIpv6(plain);
  if (value === null) return null;
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

function parseIpv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return null;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return null;
  const [front, back] = halves.map(groupsOf);
  if (!front || (halves.length === 2 && !back)) return null;
  const missing = 8 - front.length - (back?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...front, ...Array.from({ length: missing }, () => 0), ...(back ?? [])];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** The 16-bit groups of one half; the last may be an IPv4 address. Null when it is none. */
function groupsOf(half: string): number[] | null {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 && part.includes('.') ? parseIpv4(part) : null;
    if (v4 !== null) groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}
