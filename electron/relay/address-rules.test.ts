import { describe, expect, it } from 'vitest';
import { ADDRESS_LIST_LIMITS, AddressList, admits } from './address-rules.ts';

describe('a list of networks', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['::ffff:10.1.2.3', '10.1.2.3', true],
    ['2001:db8::/32', '2001:db8:5::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::1', '::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::/0', 'unknown', false],
  ])('%s holds %s: %s', (network, address, held) => expect(new AddressList([network]).has(address)).toBe(held));

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::ffff:10.0.0.0/80',
    '1/a',
  ])('takes no %j', (network) => expect(() => new AddressList([network])).toThrow('is no ADDRESS or ADDRESS/BITS'));

  it('has a bound', () => {
    const many = Array.from({ length: ADDRESS_LIST_LIMITS.maxNetworks + 1 }, () => '10.0.0.1');
    expect(() => new AddressList(many)).toThrow('too many');
  });
});

describe('who may connect', () => {
  const allow = new AddressList(['10.0.0.0/8']);
  const deny = new AddressList(['10.9.0.0/16']);

  it('is everybody without rules', () => expect(admits({ allow: null, deny: null }, '203.0.113.9')).toBe(true));
  it('is nobody outside of what is allowed', () => expect(admits({ allow, deny: null }, '203.0.113.9')).toBe(false));
  it('is nobody who is denied, allowed or not', () => expect(admits({ allow, deny }, '10.9.1.1')).toBe(false));
  it('is everybody else who is allowed', () => expect(admits({ allow, deny }, '10.8.1.1')).toBe(true));
});
