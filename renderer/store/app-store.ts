// Owns what this window knows of the app: the snapshot, then deltas, with the user's own predictions on top.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { AppDelta, AppSnapshot, AppState } from '../../shared/ipc/state.ts';
import { applyDelta } from './apply-delta.ts';
import { addPrediction, livePredictions, PREDICTION_LIMITS, type Prediction, withPredictions } from './predictions.ts';

export const STORE_LIMITS = { maxWaitingDeltas: 256, firstRetryMs: 250, maxRetryMs: 5_000 } as const;

export type AppView =
  | { status: 'loading' }
  /** The snapshot did not come; it is asked for again. */
  | { status: 'failed'; reason: ErrorReason }
  | { status: 'ready'; app: AppState; connectionId: string | null };

/** Follows the main process from `start` to `close`. */
export class AppStore {
  readonly view: StoreApi<AppView> = createStore<AppView>(() => ({ status: 'loading' }));
  readonly #bridge: Bridge;
  readonly #clock: Clock;
  #real: AppSnapshot | null = null;
  #predictions: Prediction[] = [];
  /** Deltas that came while a snapshot was on its way. */
  #waiting: AppDelta[] = [];
  #fetching = false;
  #retries = 0;
  #stopListening: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;
  #cancelExpiry: (() => void) | null = null;

  constructor(bridge: Bridge, clock: Clock) {
    this.#bridge = bridge;
    this.#clock = clock;
  }

  start(): void {
    this.#stopListening ??= this.#bridge.on('app.delta', (delta) => this.#onDelta(delta));
    this.refetch();
  }

  close(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#cancelRetry?.();
    this.#cancelExpiry?.();
  }

  /** Asks for the snapshot now. */
  refetch(): void {
    if (this.#fetching) return;
    this.#fetching = true;
    this.#cancelRetry?.();
    this.#bridge.invoke('app.snapshot').then(
      (snapshot) => this.#onSnapshot(snapshot),
      (error: unknown) => this.#onSnapshotFailed(TarnetError.from(error)),
    );
  }

  /** Shows this until reality agrees, or for PREDICTION_LIMITS.expiryMs. Returns a function that takes it back. */
  predict(prediction: Omit<Prediction, 'expiresAtMs'>): () => void {
    const made = { ...prediction, expiresAtMs: this.#clock.monotonicMs() + PREDICTION_LIMITS.expiryMs };
    this.#predictions = addPrediction(this.#predictions, made);
    this.#show();
    return () => {
      this.#predictions = this.#predictions.filter((one) => one !== made);
      this.#show();
    };
  }

  #onSnapshot(snapshot: AppSnapshot): void {
    this.#fetching = false;
    this.#retries = 0;
    this.#real = snapshot;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const delta of waiting) this.#take(delta);
    this.#show();
  }

  #onSnapshotFailed(error: TarnetError): void {
    this.#fetching = false;
    if (!this.#stopListening) return;
    if (!this.#real) this.view.setState({ status: 'failed', reason: error.reason }, true);
    const delayMs = Math.min(STORE_LIMITS.maxRetryMs, STORE_LIMITS.firstRetryMs * 2 ** this.#retries);
    this.#retries += 1;
    this.#cancelRetry = this.#clock.after(delayMs, () => this.refetch());
  }

  #onDelta(delta: AppDelta): void {
    if (this.#take(delta)) this.#show();
  }

  /** True when the delta changed what is known. */
  #take(delta: AppDelta): boolean {
    if (this.#fetching || !this.#real) {
      // Beyond the limit the oldest goes: the gap that this leaves is noticed and closed by another snapshot.
      this.#waiting = [...this.#waiting, delta].slice(-STORE_LIMITS.maxWaitingDeltas);
      return false;
    }
    const outcome = applyDelta(this.#real, delta);
    if (outcome.kind === 'applied') this.#real = outcome.snapshot;
    if (outcome.kind === 'gap') {
      this.#waiting = [delta];
      this.refetch();
    }
    return outcome.kind === 'applied';
  }

  #show(): void {
    if (!this.#real) return;
    const nowMs = this.#clock.monotonicMs();
    const { state, connectionId } = this.#real;
    this.#predictions = livePredictions(this.#predictions, state, nowMs);
    this.view.setState({ status: 'ready', app: withPredictions(state, this.#predictions), connectionId }, true);
    this.#cancelExpiry?.();
    const nextMs = Math.min(...this.#predictions.map(({ expiresAtMs }) => expiresAtMs));
    this.#cancelExpiry = Number.isFinite(nextMs) ? this.#clock.after(nextMs - nowMs, () => this.#show()) : null;
  }
}
