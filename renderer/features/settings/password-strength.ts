// Owns judging a new password: how long it would stand somebody who has the host's disk and guesses on many machines.
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

export const PASSWORD_STRENGTH = {
  /** Scores of zxcvbn: guessable in seconds, minutes, days, years, centuries. */
  best: 4,
  /** What a permanent password needs at least. */
  enough: 2,
} as const;

let judge: Promise<ZxcvbnFactory> | null = null;

/** 0 to PASSWORD_STRENGTH.best. The lists of common passwords (half a megabyte) are loaded with the first call. */
export async function strengthOf(password: string): Promise<number> {
  judge ??= loadJudge();
  return (await judge).check(password).score;
}

async function loadJudge(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
}
