// Owns which addresses may connect: lists of networks in CIDR notation, IPv4 and IPv6.
import { BlockList, isIP, isIPv4 } from 'node:net';
import { TarnetError } from '../../shared/base/errors.ts';
import { peerAddress } from './peer-address.ts';

export const ADDRESS_LIST_LIMITS = { maxNetworks: 1_024 } as const;

/** Bits of the prefix under which IPv6 writes IPv4 addresses (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX_BITS = 96;

/** Some networks. An IPv4 address that came through an IPv6 socket is that IPv4 address. */
export class AddressList {
  readonly #networks = new BlockList();

  /** Throws `malformed` for the first that is neither ADDRESS nor ADDRESS/BITS, or when there are too many. */
  constructor(networks: readonly string[]) {
    if (networks.length > ADDRESS_LIST_LIMITS.maxNetworks)
      throw TarnetError.malformed('networks', 'too many', `${ADDRESS_LIST_LIMITS.maxNetworks} networks`);
    for (const network of networks) this.#add(network);
  }

  has(address: string): boolean {
    const bare = peerAddress(address).split('%')[0] ?? '';
    const family = isIP(bare);
    return family !== 0 && this.#networks.check(bare, family === 4 ? 'ipv4' : 'ipv6');
  }

  #add(network: string): void {
    const [given = '', bitsText, ...rest] = network.split('/');
    const address = peerAddress(given);
    const mappedBits = isIPv4(address) && !isIPv4(given) ? MAPPED_PREFIX_BITS : 0;
    const family = isIP(address);
    const highest = family === 4 ? 32 : 128;
    const bits = bitsText === undefined ? highest : Number(bitsText) - mappedBits;
    const isNetwork =
      family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bitsText ?? '0') && bits >= 0 && bits <= highest;
    if (!isNetwork)
      throw TarnetError.malformed('networks', `${JSON.stringify(network.slice(0, 60))} is no ADDRESS or ADDRESS/BITS`);
    this.#networks.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/** Who may connect: nobody of `deny`; where there is an `allow`, only those in it. */
export interface AddressRules {
  allow: AddressList | null;
  deny: AddressList | null;
}

export function admits({ allow, deny }: AddressRules, address: string): boolean {
  return !deny?.has(address) && (allow === null || allow.has(address));
}
