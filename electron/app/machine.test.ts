import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { localAddresses, MACHINE_LIMITS, machineName, systemName } from './machine.ts';

const entry = (address: string, internal = false): NetworkInterfaceInfo => {
  const shared = { address, internal, mac: '00:00:00:00:00:00', cidr: null };
  return address.includes(':')
    ? { ...shared, family: 'IPv6', netmask: 'ffff::', scopeid: 0 }
    : { ...shared, family: 'IPv4', netmask: '255.255.255.0' };
};

test('addresses that others can use, the likeliest first', () => {
  expect(
    localAddresses({
      lo: [entry('127.0.0.1', true), entry('::1', true)],
      eth0: [entry('2001:db8::1'), entry('203.0.113.7'), entry('fe80::1'), entry('192.168.1.20')],
      wifi: [entry('fd00::5'), entry('10.0.0.9'), entry('169.254.3.4'), entry('192.168.1.20')],
    }),
  ).toEqual(['192.168.1.20', '10.0.0.9', '203.0.113.7', 'fd00::5', '2001:db8::1']);
});

test('a machine with very many addresses shows some', () => {
  const many = Array.from({ length: 100 }, (_, n) => entry(`10.0.0.${n}`));
  expect(localAddresses({ many })).toHaveLength(MACHINE_LIMITS.addresses);
});

test('a name is short, printable and never empty', () => {
  expect(machineName('desk.example.org')).toBe('desk');
  expect(machineName('')).toBe('TARNet');
  expect(machineName('\u202Eevil\u0007')).toBe('evil');
  expect(machineName('x'.repeat(300))).toHaveLength(MACHINE_LIMITS.nameLength);
  expect(systemName('win32')).toBe('Windows');
  expect(systemName('freebsd')).toBe('freebsd');
});
