// Owns how phases are written down: a pure table from state and event to the next state.
import { TarnetError } from '../base/errors.ts';

/** For each state, the events it knows and where each leads. */
export type TransitionTable<State extends string, Event extends string> = {
  readonly [S in State]: { readonly [E in Event]?: State };
};

/** The next state. Throws `illegal-transition` when the state does not know the event. */
export function transition<State extends string, Event extends string>(
  table: TransitionTable<State, Event>,
  state: State,
  event: Event,
): State {
  const next = table[state][event];
  if (next === undefined) throw new TarnetError('illegal-transition', `${event} while ${state}`, { field: event });
  return next;
}

/** Whether the state knows the event. */
export function canTransition<State extends string, Event extends string>(
  table: TransitionTable<State, Event>,
  state: State,
  event: Event,
): boolean {
  return table[state][event] !== undefined;
}
