// Owns the phases of a viewer's session, as its user sees them.
import type { TransitionTable } from './transition-table.ts';

export const CONNECTION_PHASES = [
  /** On the way to the relay and into the host's room. */
  'connecting',
  /** In the room; the two prove themselves to each other. */
  'handshaking',
  /** The host wants a second factor besides the password: this user has to give it. */
  'awaiting-factor',
  /** Proved; the host's user decides. */
  'awaiting-consent',
  'active',
  /** The connection was lost and is being made again; the session lives on. */
  'reconnecting',
  'ended',
] as const;
export type ConnectionPhase = (typeof CONNECTION_PHASES)[number];

export type ConnectionEvent =
  /** The relay let us into the room. */
  | 'joined'
  /** Our proof is with the host, whose user is asked: for the first time, or because it forgot the session. */
  | 'proved'
  /** The host asks for a second factor. */
  | 'challenged'
  /** This user has given it. */
  | 'answered'
  /** The host let us in, for the first time or again. */
  | 'granted'
  /** The connection broke, or could not be made again, while the session can live on. */
  | 'lost'
  /** No way on without the user, or the user closed it. */
  | 'ended'
  /** The user tries again: after the end, or sooner than by itself. */
  | 'retried';

export const CONNECTION_TRANSITIONS: TransitionTable<ConnectionPhase, ConnectionEvent> = {
  connecting: { joined: 'handshaking', ended: 'ended' },
  handshaking: { proved: 'awaiting-consent', ended: 'ended' },
  'awaiting-factor': { answered: 'awaiting-consent', lost: 'reconnecting', ended: 'ended' },
  'awaiting-consent': { granted: 'active', challenged: 'awaiting-factor', lost: 'reconnecting', ended: 'ended' },
  active: { lost: 'reconnecting', ended: 'ended' },
  reconnecting: {
    proved: 'awaiting-consent',
    granted: 'active',
    lost: 'reconnecting',
    ended: 'ended',
    retried: 'reconnecting',
  },
  ended: { retried: 'connecting' },
};
