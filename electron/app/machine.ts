// Owns what this machine is called and where it can be reached.
import os from 'node:os';
import { TarnetError } from '../../shared/base/errors.ts';
import { isPrivateAddress } from '../../shared/model/network.ts';

export const MACHINE_LIMITS = { nameLength: 64, addresses: 16 } as const;

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' };

/** The machine's own name, without its domain; never empty. */
export function machineName(hostname: string = os.hostname()): string {
  const [first = ''] = hostname.split('.');
  return printable(first).slice(0, MACHINE_LIMITS.nameLength) || 'TARNet';
}

/** The operating system in words, for example `Linux`. */
export function systemName(platform: NodeJS.Platform = process.platform): string {
  return SYSTEMS[platform] ?? platform;
}

/**
 * Addresses under which others may reach this machine: IPv4 before IPv6, private networks before public ones; no
 * loopback, no link-local address and no temporary duplicate.
 */
export function localAddresses(interfaces: ReturnType<typeof os.networkInterfaces> = readInterfaces()): string[] {
  const found = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address));
  const rank = (entry: { family: string; address: string }) =>
    (entry.family === 'IPv4' ? 0 : 2) + (isPrivateAddress(entry.address) ? 0 : 1);
  const sorted = [...found].sort((a, b) => rank(a) - rank(b)).map(({ address }) => address);
  return [...new Set(sorted)].slice(0, MACHINE_LIMITS.addresses);
}

function readInterfaces(): ReturnType<typeof os.networkInterfaces> {
  try {
    return os.networkInterfaces();
  } catch (error) {
    throw new TarnetError('not-supported', 'the network interfaces cannot be read', { cause: error });
  }
}

// Control characters and bidirectional overrides could make a name look like something else.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim();
}
