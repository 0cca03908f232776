import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressList } from './address-rules.ts';
import { clientAddress } from './forwarded-address.ts';

const PROXIES = new AddressList(['127.0.0.1', '10.0.0.0/8']);

describe('the address of a client', () => {
  it.each([
    ['203.0.113.9', undefined, '203.0.113.9'],
    // Only trusted proxies are believed.
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::ffff:127.0.0.1', '2001:db8::7', '2001:db8::7'],
    // What the client itself wrote stands before what the proxy added.
    ['127.0.0.1', '10.1.1.1, 192.0.2.66, 198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '198.51.100.1, 10.2.2.2', '198.51.100.1'],
    ['127.0.0.1', '10.3.3.3', '10.3.3.3'],
    ['127.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['127.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['127.0.0.1', 'unknown', '127.0.0.1'],
    ['127.0.0.1', '', '127.0.0.1'],
  ])('%s with %j is %s', (remote, header, address) => expect(clientAddress(remote, header, PROXIES)).toBe(address));

  it('is that of the socket where no proxy is trusted', () =>
    expect(clientAddress('127.0.0.1', '198.51.100.1', null)).toBe('127.0.0.1'));

  it('is never one that the client made up, whatever it writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.ipV4(), (written, own) => {
        if (PROXIES.has(own)) return;
        expect(clientAddress('127.0.0.1', `${written}, ${own}`, PROXIES)).toBe(own);
        expect(clientAddress(own, written, PROXIES)).toBe(own);
      }),
    );
  });
});
