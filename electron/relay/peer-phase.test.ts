import { describe, expect, it } from 'vitest';
import { nextPeerPhase, PEER_PHASES, PEER_TRANSITIONS, type PeerEvent } from './peer-phase.ts';

const EVENTS: PeerEvent[] = ['register', 'prove', 'opened', 'join', 'joined', 'close'];

describe('the phases of a peer', () => {
  it('know these steps and no others', () => {
    const steps = PEER_PHASES.flatMap((phase) =>
      EVENTS.filter((event) => PEER_TRANSITIONS[phase][event]).map(
        (event) => `${phase} ${event} → ${nextPeerPhase(phase, event)}`,
      ),
    );
    expect(steps).toEqual([
      'new register → challenged',
      'new join → joining',
      'new close → closed',
      'challenged prove → opening',
      'challenged close → closed',
      'opening opened → host',
      'opening close → closed',
      'joining joined → viewer',
      'joining close → closed',
      'host close → closed',
      'viewer close → closed',
    ]);
  });

  it('refuse what a phase does not know', () => {
    expect(() => nextPeerPhase('viewer', 'register')).toThrow(
      expect.objectContaining({ reason: 'illegal-transition', field: 'op' }),
    );
  });
});
