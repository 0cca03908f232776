import { expect, test } from 'vitest';
import { PAIRING_PHASES, PAIRING_TRANSITIONS, type PairingEvent } from './pairing-phase.ts';
import { canTransition, transition } from './transition-table.ts';

const EVENTS: PairingEvent[] = ['offered', 'asked', 'paired', 'refused', 'declined'];

test('pairing knows exactly these transitions: nothing is paired that was not asked for, nor asked again after a no', () => {
  const legal = PAIRING_PHASES.flatMap((phase) =>
    EVENTS.filter((event) => canTransition(PAIRING_TRANSITIONS, phase, event)).map(
      (event) => `${phase} ${event} → ${transition(PAIRING_TRANSITIONS, phase, event)}`,
    ),
  );
  expect(legal).toEqual([
    'none offered → offered',
    'none asked → asked',
    'offered offered → offered',
    'offered asked → asked',
    'offered refused → none',
    'asked offered → asked',
    'asked paired → paired',
    'asked declined → declined',
    'declined offered → offered',
  ]);
});
