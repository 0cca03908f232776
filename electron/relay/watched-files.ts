// Owns noticing that files have changed, whichever way they are replaced: written over, renamed over, or a link set anew.
import { statSync } from 'node:fs';
import type { Clock } from '../../shared/base/clock.ts';

export const WATCH_LIMITS = {
  /** Looking is cheaper, and finds more ways of replacing a file, than being told by the system. */
  lookEveryMs: 1_000,
} as const;

/**
 * Calls back after one of the files has changed and has stayed as it is for one look, so that two files that belong
 * together are read when both are there. Returns a function that stops it.
 */
export function watchFiles(files: readonly string[], clock: Clock, onChange: () => void): () => void {
  let known = stateOf(files);
  let settling = false;
  let cancel = () => {};
  const look = () => {
    cancel = clock.after(WATCH_LIMITS.lookEveryMs, look);
    const now = stateOf(files);
    const changed = now !== known;
    known = now;
    if (settling && !changed) onChange();
    settling = changed;
  };
  cancel = clock.after(WATCH_LIMITS.lookEveryMs, look);
  return () => cancel();
}

function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const info = statSync(file, { bigint: true, throwIfNoEntry: false });
      return info ? `${info.dev} ${info.ino} ${info.size} ${info.mtimeNs}` : 'gone';
    })
    .join('\n');
}
