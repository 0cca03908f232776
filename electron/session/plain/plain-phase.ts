// Owns the phases of a session without encryption. None of them proves anything, so none is called by the names of those that do.
import type { ConnectionPhase } from '../../../shared/session/connection-phase.ts';
import { type TransitionTable, transition } from '../../../shared/session/transition-table.ts';

export type PlainPhase = Extract<ConnectionPhase, 'connecting' | 'active' | 'reconnecting' | 'ended'>;

export type PlainEvent =
  /** The relay let us into the host's room, or the host's picture came. */
  'shown' | 'lost' | 'ended';

export const PLAIN_TRANSITIONS: TransitionTable<PlainPhase, PlainEvent> = {
  connecting: { shown: 'active', ended: 'ended' },
  active: { lost: 'reconnecting', ended: 'ended' },
  reconnecting: { shown: 'active', lost: 'reconnecting', ended: 'ended' },
  ended: {},
};

/** The next phase. Throws `illegal-transition`. */
export function nextPlainPhase(phase: PlainPhase, event: PlainEvent): PlainPhase {
  return transition(PLAIN_TRANSITIONS, phase, event);
}
