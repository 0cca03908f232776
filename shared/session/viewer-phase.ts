// Owns the phases of one viewer as the host sees it.
import type { TransitionTable } from './transition-table.ts';

export const VIEWER_PHASES = [
  /** In the room; the two prove themselves to each other. */
  'handshaking',
  /** Proved; the host's user decides. */
  'awaiting-consent',
  'active',
  /** The connection is lost; the viewer may come back with its ticket. */
  'dropped',
  'gone',
] as const;
export type ViewerPhase = (typeof VIEWER_PHASES)[number];

export type ViewerEvent =
  /** The viewer proved that it knows the secret. */
  | 'proved'
  /** The host's user, or the policy, let it in. */
  | 'granted'
  /** Its connection broke. */
  | 'dropped'
  /** It came back with its ticket. */
  | 'resumed'
  /** Refused, closed, ended, or its ticket ran out. */
  | 'gone';

export const VIEWER_TRANSITIONS: TransitionTable<ViewerPhase, ViewerEvent> = {
  handshaking: { proved: 'awaiting-consent', gone: 'gone' },
  'awaiting-consent': { granted: 'active', gone: 'gone' },
  active: { dropped: 'dropped', gone: 'gone' },
  dropped: { resumed: 'active', gone: 'gone' },
  gone: {},
};
