import { describe, expect, it } from 'vitest';
import { SHARE_PHASES, SHARE_TRANSITIONS, type ShareEvent } from './share-phase.ts';
import { transition } from './transition-table.ts';

const EVENTS: ShareEvent[] = ['start', 'opened', 'failed', 'stop', 'closed'];
const LEGAL: Record<string, string> = {
  'off start': 'starting',
  'starting opened': 'on',
  'starting failed': 'failed',
  'starting stop': 'stopping',
  'on stop': 'stopping',
  'on failed': 'failed',
  'stopping closed': 'off',
  'failed start': 'starting',
  'failed stop': 'off',
};

describe('share phases', () => {
  for (const phase of SHARE_PHASES)
    for (const event of EVENTS) {
      const next = LEGAL[`${phase} ${event}`];
      if (next)
        it(`${event} takes ${phase} to ${next}`, () => {
          expect(transition(SHARE_TRANSITIONS, phase, event)).toBe(next);
        });
      else
        it(`${event} is illegal while ${phase}`, () => {
          expect(() => transition(SHARE_TRANSITIONS, phase, event)).toThrow(
            expect.objectContaining({ reason: 'illegal-transition' }),
          );
        });
    }
});
