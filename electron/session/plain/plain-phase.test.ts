import { expect, test } from 'vitest';
import { nextPlainPhase, PLAIN_TRANSITIONS, type PlainEvent, type PlainPhase } from './plain-phase.ts';

test('a session without encryption goes through these phases and no others', () => {
  const phases = Object.keys(PLAIN_TRANSITIONS) as PlainPhase[];
  const events: PlainEvent[] = ['shown', 'lost', 'ended'];
  const steps = phases.flatMap((phase) =>
    events
      .filter((event) => PLAIN_TRANSITIONS[phase][event])
      .map((event) => `${phase} ${event} → ${nextPlainPhase(phase, event)}`),
  );
  expect(steps).toEqual([
    'connecting shown → active',
    'connecting ended → ended',
    'active lost → reconnecting',
    'active ended → ended',
    'reconnecting shown → active',
    'reconnecting lost → reconnecting',
    'reconnecting ended → ended',
  ]);
  expect(() => nextPlainPhase('ended', 'shown')).toThrow(expect.objectContaining({ reason: 'illegal-transition' }));
});
