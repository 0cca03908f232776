import { describe, expect, it } from 'vitest';
import { checkPlainHostId, parsePlainRelay, showPlainRelay } from './plain-host.ts';

describe('a v1 relay', () => {
  it.each([
    ['relay.example', 'ws://relay.example:8000/', 'relay.example'],
    [' relay.example:9000 ', 'ws://relay.example:9000/', 'relay.example:9000'],
    ['WSS://relay.example:443/', 'wss://relay.example:443/', 'relay.example:443'],
    ['ws://[fe80::1]:8001', 'ws://[fe80::1]:8001/', '[fe80::1]:8001'],
    ['wss://relay.example/?token=abc-123', 'wss://relay.example:8000/?token=abc-123', 'relay.example'],
  ])('%j is %s', (text, url, shown) => {
    expect(parsePlainRelay(text)).toBe(url);
    expect(showPlainRelay(text)).toBe(shown);
  });

  it.each(['', 'http://relay.example', 'relay example', 'ws://user@relay.example', 'relay/path', 'relay?token=a b'])(
    '%j is none',
    (text) => {
      expect(() => parsePlainRelay(text)).toThrow(expect.objectContaining({ reason: 'malformed', field: 'relay' }));
    },
  );

  it('has hosts whose IDs fit on a line', () => {
    expect(() => checkPlainHostId('6f1c9a52-33c1-4c58-9d0e-0d4f7f1a2b3c')).not.toThrow();
    for (const id of ['', 'two words', 'x'.repeat(129), 'línea'])
      expect(() => checkPlainHostId(id)).toThrow(expect.objectContaining({ field: 'hostId' }));
  });
});
