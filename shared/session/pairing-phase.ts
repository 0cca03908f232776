// Owns the phases of pairing within a session, on both sides: both users have to agree.
import type { TransitionTable } from './transition-table.ts';

export const PAIRING_PHASES = [
  'none',
  /** The host's user has proposed it; the viewer's user decides. */
  'offered',
  /** The viewer's user wants it; the host's user decides. */
  'asked',
  'paired',
  /** The host's user said no: not asked again in this session unless they propose it themselves. */
  'declined',
] as const;
export type PairingPhase = (typeof PAIRING_PHASES)[number];

export type PairingEvent =
  | 'offered'
  | 'asked'
  /** Both have agreed, and the keys are kept. */
  | 'paired'
  /** The viewer's user does not want what was offered. */
  | 'refused'
  /** The host's user said no, or nothing. */
  | 'declined';

export const PAIRING_TRANSITIONS: TransitionTable<PairingPhase, PairingEvent> = {
  none: { offered: 'offered', asked: 'asked' },
  offered: { offered: 'offered', asked: 'asked', refused: 'none' },
  asked: { offered: 'asked', paired: 'paired', declined: 'declined' },
  paired: {},
  declined: { offered: 'offered' },
};
