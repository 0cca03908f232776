// Owns what the windows know of the app: holds the slices, numbers every change and tells who listens.
import type { AppDelta, AppSnapshot, AppState } from '../../shared/ipc/state.ts';

export type SliceName = keyof AppState;
export type DeltaListener = (delta: AppDelta) => void;

/** Snapshot, then deltas: a window that loads again loses nothing. Values are replaced, never changed in place. */
export class AppStateStore {
  readonly #state: AppState;
  readonly #listeners = new Set<DeltaListener>();
  readonly #pending: AppDelta[] = [];
  #revision = 0;
  #telling = false;

  constructor(initial: AppState) {
    this.#state = { ...initial };
  }

  get<Slice extends SliceName>(slice: Slice): AppState[Slice] {
    return this.#state[slice];
  }

  /** Replaces one slice. The same value again is no change and makes no delta. */
  set<Slice extends SliceName>(slice: Slice, value: AppState[Slice]): void {
    if (Object.is(this.#state[slice], value)) return;
    this.#state[slice] = value;
    this.#revision += 1;
    // Name and value belong together by this method's signature; the compiler loses that in the union.
    this.#pending.push({ revision: this.#revision, slice, value } as AppDelta);
    this.#tell();
  }

  /** Replaces one slice by what the function makes of it. */
  update<Slice extends SliceName>(slice: Slice, change: (value: AppState[Slice]) => AppState[Slice]): void {
    this.set(slice, change(this.#state[slice]));
  }

  /** All that a window needs to start; its next delta is number `revision + 1`. */
  snapshot(connectionId: string | null): AppSnapshot {
    return { revision: this.#revision, state: { ...this.#state }, connectionId };
  }

  /** Returns a function that stops listening. */
  onDelta(listener: DeltaListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // A listener may change the state itself: everybody still hears the deltas in the order of their numbers.
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let delta = this.#pending.shift(); delta; delta = this.#pending.shift())
        for (const listener of [...this.#listeners]) listener(delta);
    } finally {
      this.#telling = false;
    }
  }
}
