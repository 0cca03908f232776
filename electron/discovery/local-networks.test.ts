import { describe, expect, it } from 'vitest';
import { broadcastAddresses } from './local-networks.ts';

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
});
