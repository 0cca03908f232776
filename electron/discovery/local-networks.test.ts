import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broadcastAddresses, isPrivateAddress } from './local-networks.ts';

const entry = (address: string, netmask: string, internal = false) => ({
  address,
  netmask,
  internal,
  family: 'IPv4' as const,
  mac: '00:00:00:00:00:00',
  cidr: null,
});

describe('local networks', () => {
  it('speaks to this machine and its private networks only', () => {
    const interfaces = {
      lo: [entry('127.0.0.1', '255.0.0.0', true)],
      eth0: [entry('192.168.7.5', '255.255.254.0'), entry('203.0.113.9', '255.255.255.0')],
      tun0: [entry('10.1.2.3', '255.255.255.255')],
    };
    expect(broadcastAddresses('lan', interfaces)).toEqual(['127.255.255.255', '192.168.7.255', '10.1.2.3']);
    expect(broadcastAddresses('loopback', interfaces)).toEqual(['127.255.255.255']);
  });

  it.each([
    ['127.0.0.1', true],
    ['10.255.0.1', true],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['192.168.0.1', true],
    ['192.169.0.1', false],
    ['169.254.1.1', true],
    ['8.8.8.8', false],
    ['10.1.1', false],
    ['10.1.1.256', false],
    ['::1', false],
  ])('%s is private: %s', (address, expected) => {
    expect(isPrivateAddress(address)).toBe(expected);
  });

  it('takes any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof isPrivateAddress(text) === 'boolean'));
  });
});
