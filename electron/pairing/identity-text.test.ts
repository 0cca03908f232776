import { expect, test } from 'vitest';
import { newIdentity } from '../../tests/fakes/handshake-pair.ts';
import { identityText, parseIdentityText } from './identity-text.ts';
import { nodePrimitives } from './node-primitives.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected, field: 'identity' });

test('an identity comes back from its text, however it was broken into lines', () => {
  const { publicIdentity } = newIdentity();
  const text = identityText(nodePrimitives, publicIdentity);
  expect(text).toHaveLength('tarnet-id:'.length + 91);
  expect(parseIdentityText(nodePrimitives, text)).toEqual(publicIdentity);
  expect(parseIdentityText(nodePrimitives, ` ${text.slice(0, 40)}\n  ${text.slice(40)} `)).toEqual(publicIdentity);
});

test('what is cut, changed or something else is refused', () => {
  const text = identityText(nodePrimitives, newIdentity().publicIdentity);
  const changed = text.replace(/.(.{20})$/, (_all, rest: string) => `${text.at(-21) === 'A' ? 'B' : 'A'}${rest}`);
  for (const wrong of ['', 'tarnet-id:', 'hello', text.slice(0, -1), `${text}AAAA`, changed, 'x'.repeat(10_000)])
    expect(() => parseIdentityText(nodePrimitives, wrong)).toThrow(reason('malformed'));
});
