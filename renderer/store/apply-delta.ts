// Owns how a delta changes the snapshot, and how a missed one is noticed. Pure.
import type { AppDelta, AppSnapshot } from '../../shared/ipc/state.ts';

export type DeltaOutcome =
  | { kind: 'applied'; snapshot: AppSnapshot }
  /** The snapshot already has it. */
  | { kind: 'old' }
  /** Deltas are missing between the two: only a new snapshot helps. */
  | { kind: 'gap' };

/** The snapshot with the delta in it, when the delta is the very next one. */
export function applyDelta(snapshot: AppSnapshot, delta: AppDelta): DeltaOutcome {
  if (delta.revision <= snapshot.revision) return { kind: 'old' };
  if (delta.revision !== snapshot.revision + 1) return { kind: 'gap' };
  return {
    kind: 'applied',
    snapshot: {
      ...snapshot,
      revision: delta.revision,
      state: { ...snapshot.state, [delta.slice]: delta.value },
    },
  };
}
