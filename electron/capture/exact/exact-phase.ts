// Owns the phases of making a still picture exact.
import { type TransitionTable, transition } from '../../../shared/session/transition-table.ts';

/**
 * - `moving`: something changes, nothing is to be done.
 * - `waiting`: still; a snapshot is due now or later.
 * - `snapping`: a snapshot is being taken.
 * - `settling`: what differs is being sent.
 */
export const EXACT_PHASES = ['moving', 'waiting', 'snapping', 'settling', 'stopped'] as const;
export type ExactPhase = (typeof EXACT_PHASES)[number];
export type ExactSignal = 'still' | 'moves' | 'snapshot' | 'taken' | 'failed' | 'settled' | 'stop';

const TABLE: TransitionTable<ExactPhase, ExactSignal> = {
  moving: { still: 'waiting', stop: 'stopped' },
  waiting: { moves: 'moving', snapshot: 'snapping', stop: 'stopped' },
  snapping: { moves: 'moving', taken: 'settling', failed: 'waiting', stop: 'stopped' },
  settling: { moves: 'moving', settled: 'waiting', stop: 'stopped' },
  stopped: {},
};

/** The phase after a signal. Throws `illegal-transition`. */
export function nextExactPhase(phase: ExactPhase, signal: ExactSignal): ExactPhase {
  return transition(TABLE, phase, signal);
}
