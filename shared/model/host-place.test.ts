import { describe, expect, it } from 'vitest';
import { formatHostPlace, parseHostPlace, showHostPlace } from './host-place.ts';

describe('the place of a host', () => {
  it.each(['123456789', ' 123 456 789 ', '123-456-789', '123.456.789', 'tarnet://123456789', 'TARNET://123456789/'])(
    '%j is an ID',
    (text) => expect(parseHostPlace(text)).toEqual({ kind: 'id', id: '123456789' }),
  );

  it.each([
    ['desk', 'desk', 8000],
    ['192.168.1.4:9000', '192.168.1.4', 9000],
    ['12345678', '12345678', 8000],
    ['1234567890', '1234567890', 8000],
    ['123456789:8000', '123456789', 8000],
  ])('%j is an address', (text, host, port) => expect(parseHostPlace(text)).toEqual({ kind: 'address', host, port }));

  it.each(['', '123 456', '123 456 78x', 'a b', 7])('%j is none', (text) =>
    expect(() => parseHostPlace(text)).toThrow('address:'),
  );

  it('has one form, and one for people', () => {
    expect(formatHostPlace(parseHostPlace('123 456 789'))).toBe('123456789');
    expect(formatHostPlace(parseHostPlace('desk:8000'))).toBe('desk');
    expect([showHostPlace('123456789'), showHostPlace('desk')]).toEqual(['123 456 789', 'desk']);
  });
});
