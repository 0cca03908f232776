import { describe, expect, it } from 'vitest';
import { peerAddress, rateKey } from './peer-address.ts';

describe('the address of a peer', () => {
  it.each([
    ['::ffff:192.168.1.7', '192.168.1.7'],
    ['192.168.1.7', '192.168.1.7'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    [undefined, 'unknown'],
  ])('%s is written %s', (remote, written) => expect(peerAddress(remote)).toBe(written));
});

describe('what rates are counted by', () => {
  it.each([
    ['192.168.1.7', '192.168.1.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::9', '2001:db8:1:2'],
    ['2001:0db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s counts as %s', (address, key) => expect(rateKey(address)).toBe(key));
});
