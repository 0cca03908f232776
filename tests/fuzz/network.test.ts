// Our networks against those of Node, which shared code cannot ask.
import { BlockList } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInNetworks, parseNetwork } from '../../shared/model/network.ts';

test('a network has the addresses that Node thinks it has', async () => {
  const cases = [
    [fc.ipV4(), 32, 'ipv4'],
    [fc.ipV6(), 128, 'ipv6'],
  ] as const;
  for (const [ip, bits, family] of cases)
    await fc.assert(
      fc.asyncProperty(ip, ip, fc.integer({ min: 0, max: bits }), async (first, other, prefixBits) => {
        const known = new BlockList();
        known.addSubnet(first, prefixBits, family);
        const network = parseNetwork(first);
        fc.pre(network.bits === bits);
        const hostBits = BigInt(bits - prefixBits);
        const masked = { ...network, prefixBits, first: (network.first >> hostBits) << hostBits };
        for (const address of [first, other])
          expect(isInNetworks(address, [masked])).toBe(known.check(address, family));
      }),
    );
});
