import { expect, it } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { Allowance } from './allowance.ts';

it('allows a burst, then its rate, and never saves up more than the burst', () => {
  const clock = new FakeClock();
  const allowance = new Allowance(clock, 3, 2);
  const taken = () => [1, 2, 3, 4].map(() => allowance.take());
  expect(taken()).toEqual([true, true, true, false]);
  expect(allowance.waitMs()).toBe(500);
  clock.advance(499);
  expect(allowance.take()).toBe(false);
  clock.advance(1);
  expect(allowance.waitMs()).toBe(0);
  expect(allowance.take()).toBe(true);
  clock.advance(60_000);
  expect(taken()).toEqual([true, true, true, false]);
});
