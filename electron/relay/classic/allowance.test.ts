import { expect, test } from 'vitest';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import { Allowance } from './allowance.ts';

test('four seconds’ worth may be spent at once, then it is earned', () => {
  const clock = new FakeClock();
  const allowance = new Allowance(clock, 1_000);
  allowance.spend(4_000);
  expect(allowance.waitMs()).toBe(0);
  allowance.spend(500);
  expect(allowance.waitMs()).toBe(500);
  clock.advance(499);
  expect(allowance.waitMs()).toBe(1);
  clock.advance(1);
  expect(allowance.waitMs()).toBe(0);
  clock.advance(60_000);
  allowance.spend(4_010);
  expect(allowance.waitMs()).toBe(10);
});
