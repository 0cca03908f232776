// Owns the phases of one connection to the relay as a transition table.
import { TarnetError } from '../../shared/base/errors.ts';

export const PEER_PHASES = ['new', 'challenged', 'opening', 'joining', 'host', 'viewer', 'closed'] as const;
export type PeerPhase = (typeof PEER_PHASES)[number];

export type PeerEvent =
  /** It says which host it is, and has to prove it. */
  | 'register'
  /** Its proof is good: its room is being opened. */
  | 'prove'
  | 'opened'
  /** It wants to go to a host: the room is being looked for. */
  | 'join'
  | 'joined'
  | 'close';

export const PEER_TRANSITIONS: { readonly [P in PeerPhase]: { readonly [E in PeerEvent]?: PeerPhase } } = {
  new: { register: 'challenged', join: 'joining', close: 'closed' },
  challenged: { prove: 'opening', close: 'closed' },
  opening: { opened: 'host', close: 'closed' },
  joining: { joined: 'viewer', close: 'closed' },
  host: { close: 'closed' },
  viewer: { close: 'closed' },
  closed: {},
};

/** The next phase. Throws `illegal-transition` naming the event when the phase does not know it. */
export function nextPeerPhase(phase: PeerPhase, event: PeerEvent): PeerPhase {
  const next = PEER_TRANSITIONS[phase][event];
  if (next === undefined) throw new TarnetError('illegal-transition', `${event} while ${phase}`, { field: 'op' });
  return next;
}
