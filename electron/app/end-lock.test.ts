import { expect, test, vi } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { EndLock, type Presence } from './end-lock.ts';

const AFTER_LOSS_MS = 60_000;

function site({ wanted = true, works = true } = {}) {
  const lock = vi.fn(() => (works ? Promise.resolve() : Promise.reject(new TarnetError('not-supported', 'no'))));
  const onFailed = vi.fn();
  const clock = new FakeClock();
  const there: Presence = { connected: 0, lost: 0 };
  const endLock = new EndLock({
    lock: { lock },
    clock,
    isWanted: () => wanted,
    afterLossMs: () => AFTER_LOSS_MS,
    presence: () => there,
    onFailed,
  });
  const now = (connected: number, lost: number) => Object.assign(there, { connected, lost });
  return { lock, onFailed, clock, endLock, now };
}

test('the screen is locked when the last viewer left, or was thrown out', () => {
  const { lock, endLock } = site();
  for (const reason of ['ended-by-viewer', 'tampered', null] as const) {
    endLock.viewerCame();
    endLock.viewerLeft(reason);
  }
  expect(lock).toHaveBeenCalledTimes(3);
});

test.each([
  ['others are still in', 'ended-by-viewer', 1, true],
  ['it was ended here', 'ended-by-host', 0, true],
  ['sharing was stopped here', 'share-stopped', 0, true],
  ['nobody wants it', 'ended-by-viewer', 0, false],
] as const)('it is not when %s', (_name, reason, others, wanted) => {
  const { lock, endLock, clock, now } = site({ wanted });
  now(others, 0);
  endLock.viewerLeft(reason);
  clock.advance(AFTER_LOSS_MS);
  expect(lock).not.toHaveBeenCalled();
});

test('a viewer that is lost may stay away for a while, and then it is locked once', () => {
  const { lock, endLock, clock, now } = site();
  now(0, 1);
  endLock.viewerLost();
  clock.advance(AFTER_LOSS_MS - 1);
  expect(lock).not.toHaveBeenCalled();
  clock.advance(1);
  expect(lock).toHaveBeenCalledTimes(1);
  // Given up for good minutes later; somebody may have unlocked it.
  now(0, 0);
  endLock.viewerLeft('connection-lost');
  expect(lock).toHaveBeenCalledTimes(1);
  now(1, 0);
  endLock.viewerCame();
  now(0, 0);
  endLock.viewerLeft('ended-by-viewer');
  expect(lock).toHaveBeenCalledTimes(2);
});

test('a viewer that is back in time finds it as it was', () => {
  const { lock, endLock, clock, now } = site();
  now(0, 1);
  endLock.viewerLost();
  now(1, 0);
  endLock.viewerCame();
  clock.advance(AFTER_LOSS_MS);
  expect(lock).not.toHaveBeenCalled();
  expect(clock.pending).toBe(0);
});

test('one that was lost while another watches counts from when that one has left', () => {
  const { lock, endLock, clock, now } = site();
  now(1, 1);
  endLock.viewerLost();
  clock.advance(AFTER_LOSS_MS);
  now(0, 1);
  endLock.viewerLeft('ended-by-viewer');
  expect(lock).not.toHaveBeenCalled();
  clock.advance(AFTER_LOSS_MS);
  expect(lock).toHaveBeenCalledTimes(1);
});

test('whoever stops sharing here while one is lost is not locked out', () => {
  const { lock, endLock, clock, now } = site();
  now(0, 1);
  endLock.viewerLost();
  now(0, 0);
  endLock.viewerLeft('share-stopped');
  clock.advance(AFTER_LOSS_MS);
  expect(lock).not.toHaveBeenCalled();
});

test('a lock that does not work is told', async () => {
  const { endLock, onFailed } = site({ works: false });
  endLock.viewerLeft('ended-by-viewer');
  await vi.waitFor(() => expect(onFailed).toHaveBeenCalledTimes(1));
});
