// Owns the phases of a host that can also be reached without encryption, by viewers of protocol v1.
import type { TransitionTable } from './transition-table.ts';

export const PLAIN_SHARE_PHASES = ['off', 'connecting', 'waiting', 'asking', 'showing', 'refused', 'failed'] as const;
export type PlainSharePhase = (typeof PLAIN_SHARE_PHASES)[number];

export type PlainShareEvent =
  | 'started'
  /** The relay has opened the room. */
  | 'registered'
  /** More viewers are there than were agreed to, or another one. */
  | 'came'
  /** The host's user lets those in who are there. */
  | 'agreed'
  | 'refused'
  /** Nobody is in the room any more. */
  | 'emptied'
  /** The relay is gone; with it goes every agreement, because nobody can be told apart from who comes next. */
  | 'lost'
  /** Trying again makes no sense. */
  | 'failed'
  | 'ended';

const OVER = { lost: 'connecting', failed: 'failed', ended: 'off' } as const;

/** There is no way to `showing` but from a question that the host's user has answered. */
export const PLAIN_SHARE_TRANSITIONS: TransitionTable<PlainSharePhase, PlainShareEvent> = {
  off: { started: 'connecting' },
  connecting: { ...OVER, registered: 'waiting' },
  waiting: { ...OVER, came: 'asking' },
  asking: { ...OVER, agreed: 'showing', refused: 'refused', emptied: 'waiting' },
  showing: { ...OVER, came: 'asking', emptied: 'waiting' },
  refused: { ...OVER, came: 'asking', emptied: 'waiting' },
  failed: { started: 'connecting', ended: 'off' },
};
