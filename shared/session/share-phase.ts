// Owns the phases of sharing this machine's screen, as its user sees them.
import type { TransitionTable } from './transition-table.ts';

export const SHARE_PHASES = ['off', 'starting', 'on', 'stopping', 'failed'] as const;
export type SharePhase = (typeof SHARE_PHASES)[number];

export type ShareEvent =
  /** The user, or the command line, wants to share. */
  | 'start'
  /** The relay listens and the room is open. */
  | 'opened'
  /** It could not start, or could not go on. */
  | 'failed'
  /** The user, a shortcut or quitting ends it. */
  | 'stop'
  /** Nothing listens any more. */
  | 'closed';

export const SHARE_TRANSITIONS: TransitionTable<SharePhase, ShareEvent> = {
  off: { start: 'starting' },
  starting: { opened: 'on', failed: 'failed', stop: 'stopping' },
  on: { stop: 'stopping', failed: 'failed' },
  stopping: { closed: 'off' },
  failed: { start: 'starting', stop: 'off' },
};
