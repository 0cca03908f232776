import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MDNS_LIMITS, parseService } from './mdns.ts';

const SERVICE = {
  name: 'TARNet-0a1b2c',
  port: 8000,
  addresses: ['192.168.1.4'],
  referer: { address: '192.168.1.4', family: 'IPv4', port: 5353, size: 100 },
  txt: { v: '2', s: '00', h: '00' },
};

describe('services found by multicast DNS', () => {
  it('name the address that answered first, each once', () => {
    expect(parseService({ ...SERVICE, addresses: ['10.0.0.1', '192.168.1.4'] })).toEqual({
      instance: '0a1b2c',
      addresses: ['192.168.1.4', '10.0.0.1'],
      port: 8000,
      name: '',
      system: '',
      salt: new Uint8Array(),
      tag: new Uint8Array(),
    });
  });

  it('work where the record has no address', () => {
    expect(parseService({ ...SERVICE, addresses: undefined })?.addresses).toEqual(['192.168.1.4']);
  });

  it('show a name as far as it is fit to be shown', () => {
    expect(parseService({ ...SERVICE, txt: { ...SERVICE.txt, n: 'Desk\u202E', o: 'Linux' } })).toMatchObject({
      name: 'Desk',
      system: 'Linux',
    });
    expect(parseService({ ...SERVICE, txt: { ...SERVICE.txt, n: 'x'.repeat(500) } })?.name).toBe('');
  });

  it('are bounded', () => {
    const addresses = Array.from({ length: 100 }, (_, index) => `10.0.0.${index}`);
    expect(parseService({ ...SERVICE, addresses })?.addresses).toHaveLength(MDNS_LIMITS.maxAddresses);
  });

  it.each([{ name: 'Printer' }, { port: 0 }, { port: '8000' }, { txt: { v: '1' } }, { referer: undefined }])(
    'are none of ours with %o',
    (change) => {
      expect(parseService({ ...SERVICE, ...change })).toBeNull();
    },
  );

  it('can be anything without throwing', () => {
    fc.assert(
      fc.property(fc.anything(), (service) => {
        parseService(service);
      }),
    );
  });
});
