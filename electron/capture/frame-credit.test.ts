import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { FRAME_CREDIT_LIMITS, FrameCredit } from './frame-credit.ts';

describe('frame credit', () => {
  it('is granted at once while the link drains, later when it does not, and never twice', () => {
    const clock = new FakeClock();
    const link = { drained: true };
    let granted = 0;
    const credit = new FrameCredit(
      clock,
      () => link.drained,
      () => granted++,
    );
    credit.frameTaken();
    expect(granted).toBe(1);
    link.drained = false;
    credit.frameTaken();
    credit.frameTaken();
    clock.advance(FRAME_CREDIT_LIMITS.pollMs * 10);
    expect(granted).toBe(1);
    link.drained = true;
    clock.advance(FRAME_CREDIT_LIMITS.pollMs);
    expect(granted).toBe(3);
    expect(clock.pending).toBe(0);
  });

  it('grants nothing after it was stopped', () => {
    const clock = new FakeClock();
    let granted = 0;
    const credit = new FrameCredit(
      clock,
      () => false,
      () => granted++,
    );
    credit.frameTaken();
    credit.stop();
    expect(clock.pending).toBe(0);
    expect(granted).toBe(0);
  });
});
