// Guessers, alone and in parallel, against the host's limits with real handshakes.
import { describe, expect, test } from 'vitest';
import type { HostHandshake } from '../../electron/session/host-handshake.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { CODE, handshakeSite, type RelayActs, shakeHands } from '../fakes/handshake-pair.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected });

describe('guesses', () => {
  test('in parallel get two in flight and five in all, then there is another code', async () => {
    const guessed = await handshakeSite();
    const replied: HostHandshake[] = [];
    const refused: (string | undefined)[] = [];
    const guess = async () => {
      const host = guessed.host();
      const hs1 = await guessed.viewer({ credential: { kind: 'code', secret: '000000000' } }).start();
      await host.receive(hs1).then(
        () => replied.push(host),
        (error: unknown) => refused.push(TarnetError.from(error).reason),
      );
    };
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(Array.from({ length: 5 }, guess));
      expect(replied.length).toBeLessThanOrEqual(2);
      for (const host of replied.splice(0)) {
        host.close();
        refused.push('answered');
      }
      if (guessed.code.state.code !== CODE) break;
    }
    expect(refused.filter((what) => what === 'answered')).toHaveLength(5);
    expect(['answered', 'rate-limited', 'code-locked']).toEqual(expect.arrayContaining([...new Set(refused)]));
    await expect.poll(() => guessed.code.state.code).toBe('271828182');
    await expect(shakeHands(guessed.viewer(), guessed.host())).rejects.toThrow(reason('wrong-code'));
  });

  test('that never come to an end count too', async () => {
    const guessed = await handshakeSite();
    for (let wrong = 0; wrong < 5; wrong += 1) {
      await guessed.host().receive(await guessed.viewer().start());
      guessed.clock.advance(60_000);
    }
    expect(guessed.code.state.code).not.toBe(CODE);
  });

  test('that were right but came too late are refused', async () => {
    const guessed = await handshakeSite();
    const late: RelayActs = {
      hs3: (message) => {
        guessed.clock.advance(20_000);
        return message;
      },
    };
    await expect(shakeHands(guessed.viewer(), guessed.host(), late)).rejects.toThrow(reason('code-locked'));
    expect(guessed.code.state.triesLeft).toBe(4);
  });
});
