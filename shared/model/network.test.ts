import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInNetworks, isPrivateAddress, parseNetwork } from './network.ts';

const MALFORMED = expect.objectContaining({ reason: 'malformed', field: 'network' });

describe('a network', () => {
  test.each([
    ['192.168.1.0/24', '192.168.1.7', true],
    ['192.168.1.0/24', '192.168.2.7', false],
    ['10.0.0.5', '10.0.0.5', true],
    ['10.0.0.5', '10.0.0.6', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '::1', false],
    ['fd00::/8', 'fd12:3456::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::/0', '::ffff:10.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['0.0.0.0/0', '203.0.113.9 (relay.example)', false],
    ['0.0.0.0/0', 'unknown', false],
  ])('%s has %s: %s', (network, address, inside) => {
    expect(isInNetworks(address, [parseNetwork(network)])).toBe(inside);
  });

  test.each(['', '10', '10.0.0', '10.0.0.0/33', '10.0.0.1/24', '10.0.0.01', '256.0.0.0', 'fd00::1::/8', 'fd00::/129'])(
    '%j is none',
    (text) => {
      expect(() => parseNetwork(text)).toThrow(MALFORMED);
    },
  );
  test.each([
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    'localhost',
    '1.2.3.4:80',
    '/8',
  ])('%j is none either', (text) => {
    expect(() => parseNetwork(text)).toThrow(MALFORMED);
  });

  test('is found out in any text, or refused: never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (text) => {
        try {
          parseNetwork(text);
        } catch (error) {
          expect(error).toEqual(MALFORMED);
        }
        expect(typeof isInNetworks(text, [])).toBe('boolean');
      }),
    );
  });
});

describe('a private address', () => {
  test.each([
    '127.0.0.1',
    '10.255.0.1',
    '172.16.0.1',
    '172.31.9.9',
    '192.168.0.1',
    '169.254.1.1',
    '::1',
    'fd12::1',
    'fe80::1%eth0',
    '::ffff:192.168.0.1',
  ])('is %s', (address) => expect(isPrivateAddress(address)).toBe(true));

  test.each([
    '8.8.8.8',
    '11.0.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '0.0.0.0',
    '::',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    '10.1.1',
    '10.1.1.256',
    '010.1.1.1',
    'localhost',
  ])('is not %s', (address) => expect(isPrivateAddress(address)).toBe(false));

  test('is the same however IPv6 writes it, and never any other text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.ipV4(), fc.string(), async (address, text) => {
        expect(isPrivateAddress(`::ffff:${address}`)).toBe(isPrivateAddress(address));
        expect(isPrivateAddress(`${address} ${text}`)).toBe(false);
      }),
    );
  });
});
