import { expect, test } from 'vitest';
import {
  HOST_HANDSHAKE_TRANSITIONS,
  type HostHandshakeEvent,
  type HostHandshakePhase,
  VIEWER_HANDSHAKE_TRANSITIONS,
  type ViewerHandshakeEvent,
  type ViewerHandshakePhase,
} from './handshake-phase.ts';
import { canTransition, type TransitionTable, transition } from './transition-table.ts';

/** Follows the events from the first phase; each must be the only step on from its phase, but for failing. */
function walk<Phase extends string, Event extends string>(
  table: TransitionTable<Phase, Event>,
  from: Phase,
  events: readonly Event[],
  failed: Event,
): Phase {
  return events.reduce((phase, event) => {
    const possible = [...events, failed].filter((candidate) => canTransition(table, phase, candidate));
    expect(possible, phase).toEqual([event, failed]);
    expect(() => transition(table, phase, from === phase ? (events.at(-1) ?? event) : (events[0] ?? event))).toThrow(
      expect.objectContaining({ reason: 'illegal-transition' }),
    );
    return transition(table, phase, event);
  }, from);
}

test('a viewer goes through its phases in one order only', () => {
  const events: ViewerHandshakeEvent[] = ['started', 'sent-hs1', 'got-hs2', 'sent-hs3', 'got-hs4', 'finished'];
  expect(walk<ViewerHandshakePhase, ViewerHandshakeEvent>(VIEWER_HANDSHAKE_TRANSITIONS, 'idle', events, 'failed')).toBe(
    'done',
  );
});

test('a host goes through its phases in one order only', () => {
  const events: HostHandshakeEvent[] = ['got-hs1', 'sent-hs2', 'got-hs3', 'proved', 'granted'];
  expect(
    walk<HostHandshakePhase, HostHandshakeEvent>(HOST_HANDSHAKE_TRANSITIONS, 'awaiting-hs1', events, 'failed'),
  ).toBe('done');
});

test('a second factor is asked for after the proof, once, and nothing is granted before its answer', () => {
  const { checking, 'awaiting-answer': awaiting, 'checking-answer': answered } = HOST_HANDSHAKE_TRANSITIONS;
  expect(checking).toEqual({ proved: 'awaiting-consent', challenged: 'awaiting-answer', failed: 'failed' });
  expect(awaiting).toEqual({ 'got-answer': 'checking-answer', failed: 'failed' });
  expect(answered).toEqual({ proved: 'awaiting-consent', failed: 'failed' });
  const { 'awaiting-hs4': proved, 'asking-user': asking, 'awaiting-grant': last } = VIEWER_HANDSHAKE_TRANSITIONS;
  expect(proved).toEqual({ 'got-hs4': 'finishing', challenged: 'asking-user', failed: 'failed' });
  expect(asking).toEqual({ answered: 'awaiting-grant', failed: 'failed' });
  expect(last).toEqual({ 'got-hs4': 'finishing', failed: 'failed' });
});

test('what is done cannot fail, and what failed stays so', () => {
  expect(VIEWER_HANDSHAKE_TRANSITIONS.done).toEqual({});
  expect(HOST_HANDSHAKE_TRANSITIONS.done).toEqual({});
  expect(VIEWER_HANDSHAKE_TRANSITIONS.failed).toEqual({ failed: 'failed' });
  expect(HOST_HANDSHAKE_TRANSITIONS.failed).toEqual({ failed: 'failed' });
});
