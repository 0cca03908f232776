import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainRelay, parseRelayUrl, relayName } from './relay-address.ts';

describe('the address of a relay', () => {
  it.each([
    ['relay.example', 'wss://relay.example/', 'relay.example'],
    ['  Relay.Example:8443 ', 'wss://relay.example:8443/', 'relay.example:8443'],
    ['wss://relay.example/tarnet', 'wss://relay.example/tarnet', 'relay.example/tarnet'],
    ['ws://192.168.1.4:8000/', 'ws://192.168.1.4:8000/', '192.168.1.4:8000'],
    ['WS://[::1]:8000', 'ws://[::1]:8000/', '[::1]:8000'],
  ])('%j is %s', (text, url, name) => {
    expect(parseRelayUrl(text)).toBe(url);
    expect(relayName(url)).toBe(name);
    expect(URL.canParse(url)).toBe(true);
  });

  it.each([
    '',
    'https://relay.example',
    'wss://',
    'wss://user:pw@relay.example',
    'relay.example?token=1',
    'a b',
    'x:0',
    'x:99999',
    7,
  ])('%j is none', (text) => expect(() => parseRelayUrl(text)).toThrow('relay:'));

  it('stays as it is once it is in its one form, or is refused', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        const text = url.replace(/^https?/, 'wss');
        let once: string;
        try {
          once = parseRelayUrl(text);
        } catch {
          return;
        }
        expect(parseRelayUrl(once)).toBe(once);
      }),
    );
  });

  it('says whether others on the way can see who talks to whom', () => {
    expect([isPlainRelay('ws://a/'), isPlainRelay('wss://a/')]).toEqual([true, false]);
  });
});
