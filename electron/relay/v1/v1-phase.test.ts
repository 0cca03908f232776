import { describe, expect, it } from 'vitest';
import { nextV1Phase, V1_EVENTS, V1_PHASES, V1_TRANSITIONS } from './v1-phase.ts';

describe('the phases of a v1 connection', () => {
  it('know these steps and no others', () => {
    const steps = V1_PHASES.flatMap((phase) =>
      V1_EVENTS.filter((event) => V1_TRANSITIONS[phase][event]).map(
        (event) => `${phase} ${event} → ${nextV1Phase(phase, event)}`,
      ),
    );
    expect(steps).toEqual([
      'new register-host → host',
      'new register-client → client',
      'new close → closed',
      'host register-host → host',
      'host close → closed',
      'client register-client → client',
      'client host-left → new',
      'client close → closed',
    ]);
  });

  it('refuse what a phase does not know', () => {
    expect(() => nextV1Phase('host', 'register-client')).toThrow(
      expect.objectContaining({ reason: 'illegal-transition', field: 'type' }),
    );
  });
});
