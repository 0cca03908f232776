import { describe, expect, it } from 'vitest';
import { TarnetError } from '../base/errors.ts';
import { CONNECTION_PHASES, CONNECTION_TRANSITIONS, type ConnectionEvent } from './connection-phase.ts';
import { PLAIN_SHARE_PHASES, PLAIN_SHARE_TRANSITIONS, type PlainShareEvent } from './plain-share-phase.ts';
import { canTransition, type TransitionTable, transition } from './transition-table.ts';
import { VIEWER_PHASES, VIEWER_TRANSITIONS, type ViewerEvent } from './viewer-phase.ts';

const CONNECTION_EVENTS: ConnectionEvent[] = [
  'joined',
  'proved',
  'challenged',
  'answered',
  'granted',
  'lost',
  'ended',
  'retried',
];
const VIEWER_EVENTS: ViewerEvent[] = ['proved', 'granted', 'dropped', 'resumed', 'gone'];

/** Every pair of state and event, as `state event → next`; what is missing is illegal. */
function spelledOut<State extends string, Event extends string>(
  table: TransitionTable<State, Event>,
  states: readonly State[],
  events: readonly Event[],
): string[] {
  const lines: string[] = [];
  for (const state of states)
    for (const event of events) {
      if (canTransition(table, state, event)) lines.push(`${state} ${event} → ${transition(table, state, event)}`);
      else
        expect(() => transition(table, state, event)).toThrow(
          expect.objectContaining({ reason: 'illegal-transition', field: event }),
        );
    }
  return lines;
}

function reachable<State extends string, Event extends string>(
  table: TransitionTable<State, Event>,
  events: readonly Event[],
  from: State,
): Set<State> {
  const found = new Set<State>([from]);
  for (const state of found)
    for (const event of events) if (canTransition(table, state, event)) found.add(transition(table, state, event));
  return found;
}

describe('a viewer session', () => {
  it('knows exactly these transitions', () => {
    expect(spelledOut(CONNECTION_TRANSITIONS, CONNECTION_PHASES, CONNECTION_EVENTS)).toEqual([
      'connecting joined → handshaking',
      'connecting ended → ended',
      'handshaking proved → awaiting-consent',
      'handshaking ended → ended',
      'awaiting-factor answered → awaiting-consent',
      'awaiting-factor lost → reconnecting',
      'awaiting-factor ended → ended',
      'awaiting-consent challenged → awaiting-factor',
      'awaiting-consent granted → active',
      'awaiting-consent lost → reconnecting',
      'awaiting-consent ended → ended',
      'active lost → reconnecting',
      'active ended → ended',
      'reconnecting proved → awaiting-consent',
      'reconnecting granted → active',
      'reconnecting lost → reconnecting',
      'reconnecting ended → ended',
      'reconnecting retried → reconnecting',
      'ended retried → connecting',
    ]);
  });

  it('reaches every phase, and the end from everywhere', () => {
    expect(reachable(CONNECTION_TRANSITIONS, CONNECTION_EVENTS, 'connecting')).toEqual(new Set(CONNECTION_PHASES));
    for (const phase of CONNECTION_PHASES)
      expect(reachable(CONNECTION_TRANSITIONS, CONNECTION_EVENTS, phase)).toContain('ended');
  });
});

describe("the host's view of a viewer", () => {
  it('knows exactly these transitions', () => {
    expect(spelledOut(VIEWER_TRANSITIONS, VIEWER_PHASES, VIEWER_EVENTS)).toEqual([
      'handshaking proved → awaiting-consent',
      'handshaking gone → gone',
      'awaiting-consent granted → active',
      'awaiting-consent gone → gone',
      'active dropped → dropped',
      'active gone → gone',
      'dropped resumed → active',
      'dropped gone → gone',
    ]);
  });

  it('is never active without consent, and never comes back once gone', () => {
    expect(reachable(VIEWER_TRANSITIONS, VIEWER_EVENTS, 'handshaking')).toEqual(new Set(VIEWER_PHASES));
    const withoutConsent: ViewerEvent[] = VIEWER_EVENTS.filter((event) => event !== 'granted');
    expect(reachable(VIEWER_TRANSITIONS, withoutConsent, 'handshaking')).not.toContain('active');
    expect(reachable(VIEWER_TRANSITIONS, VIEWER_EVENTS, 'gone')).toEqual(new Set(['gone']));
  });
});

describe('a host without encryption', () => {
  const events: PlainShareEvent[] = [
    'started',
    'registered',
    'came',
    'agreed',
    'refused',
    'emptied',
    'lost',
    'failed',
    'ended',
  ];

  it('knows exactly these transitions', () => {
    expect(spelledOut(PLAIN_SHARE_TRANSITIONS, PLAIN_SHARE_PHASES, events)).toEqual([
      'off started → connecting',
      'connecting registered → waiting',
      'connecting lost → connecting',
      'connecting failed → failed',
      'connecting ended → off',
      'waiting came → asking',
      'waiting lost → connecting',
      'waiting failed → failed',
      'waiting ended → off',
      'asking agreed → showing',
      'asking refused → refused',
      'asking emptied → waiting',
      'asking lost → connecting',
      'asking failed → failed',
      'asking ended → off',
      'showing came → asking',
      'showing emptied → waiting',
      'showing lost → connecting',
      'showing failed → failed',
      'showing ended → off',
      'refused came → asking',
      'refused emptied → waiting',
      'refused lost → connecting',
      'refused failed → failed',
      'refused ended → off',
      'failed started → connecting',
      'failed ended → off',
    ]);
  });

  it('shows nothing to anybody without the consent of its user', () => {
    const withoutConsent = events.filter((event) => event !== 'agreed');
    expect(reachable(PLAIN_SHARE_TRANSITIONS, withoutConsent, 'off')).not.toContain('showing');
    for (const phase of PLAIN_SHARE_PHASES) {
      expect(reachable(PLAIN_SHARE_TRANSITIONS, events, phase)).toContain('off');
    }
  });
});

it('an illegal transition is our own error, with its reason', () => {
  expect(() => transition(VIEWER_TRANSITIONS, 'gone', 'granted')).toThrow(TarnetError);
});
