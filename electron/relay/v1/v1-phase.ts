// Owns the phases of one v1 connection as a transition table.
import { TarnetError } from '../../../shared/base/errors.ts';

export const V1_PHASES = ['new', 'host', 'client', 'closed'] as const;
export type V1Phase = (typeof V1_PHASES)[number];

export const V1_EVENTS = ['register-host', 'register-client', 'host-left', 'close'] as const;
export type V1Event = (typeof V1_EVENTS)[number];

export const V1_TRANSITIONS: { readonly [P in V1Phase]: { readonly [E in V1Event]?: V1Phase } } = {
  new: { 'register-host': 'host', 'register-client': 'client', close: 'closed' },
  /** It may say once more who it is. */
  host: { 'register-host': 'host', close: 'closed' },
  /** It may go to another host; when its own leaves it stays, and may ask again. */
  client: { 'register-client': 'client', 'host-left': 'new', close: 'closed' },
  closed: {},
};

/** The next phase. Throws `illegal-transition` naming `type` when the phase does not know the event. */
export function nextV1Phase(phase: V1Phase, event: V1Event): V1Phase {
  const next = V1_TRANSITIONS[phase][event];
  if (next === undefined)
    throw new TarnetError('illegal-transition', `type: ${event} não cabe a uma conexão ${phase}`, { field: 'type' });
  return next;
}
