import { expect, test, vi } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { EndLock } from './end-lock.ts';

function site({ wanted = true, works = true } = {}) {
  const lock = vi.fn(() => (works ? Promise.resolve() : Promise.reject(new TarnetError('not-supported', 'no'))));
  const onFailed = vi.fn();
  return { lock, onFailed, endLock: new EndLock({ lock: { lock }, isWanted: () => wanted, onFailed }) };
}

test('the screen is locked when the last viewer left, or was lost for good', () => {
  const { lock, endLock } = site();
  endLock.viewerLeft('ended-by-viewer', 0);
  endLock.viewerLeft('connection-lost', 0);
  endLock.viewerLeft('tampered', 0);
  expect(lock).toHaveBeenCalledTimes(3);
});

test.each([
  ['others are still in', 'ended-by-viewer', 1, true],
  ['it was ended here', 'ended-by-host', 0, true],
  ['sharing was stopped here', 'share-stopped', 0, true],
  ['nobody wants it', 'ended-by-viewer', 0, false],
] as const)('it is not when %s', (_name, reason, others, wanted) => {
  const { lock, endLock } = site({ wanted });
  endLock.viewerLeft(reason, others);
  expect(lock).not.toHaveBeenCalled();
});

test('a lock that does not work is told', async () => {
  const { endLock, onFailed } = site({ works: false });
  endLock.viewerLeft('ended-by-viewer', 0);
  await vi.waitFor(() => expect(onFailed).toHaveBeenCalledTimes(1));
});
