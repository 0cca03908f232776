// Owns which addresses discovery speaks to: this machine, and the private networks it stands in.
import os from 'node:os';
import { isPrivateAddress } from '../../shared/model/network.ts';

/** Directed broadcast of the loopback network: reaches every app on this machine, and nobody else. */
export const LOOPBACK_BROADCAST = '127.255.255.255';

/** `loopback` keeps discovery on this machine, for tests and for several apps on one. */
export type DiscoveryReach = 'lan' | 'loopback';

type Interfaces = ReturnType<typeof os.networkInterfaces>;

/** Where queries and announcements go: the broadcast address of each private IPv4 network, and of loopback. */
export function broadcastAddresses(reach: DiscoveryReach, interfaces: Interfaces = os.networkInterfaces()): string[] {
  if (reach === 'loopback') return [LOOPBACK_BROADCAST];
  const networks = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && isPrivateAddress(address))
    .map(({ address, netmask }) => broadcastOf(address, netmask));
  return [...new Set([LOOPBACK_BROADCAST, ...networks])];
}

function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number);
  return address
    .split('.')
    .map((byte, index) => (Number(byte) | (~(mask[index] ?? 255) & 255)) & 255)
    .join('.');
}
