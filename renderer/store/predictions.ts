// Owns predicted state: what the user has just asked for is shown at once, and taken back when reality does not follow.
import type { AppState } from '../../shared/ipc/state.ts';

export const PREDICTION_LIMITS = { expiryMs: 5_000, maxPredictions: 32 } as const;

export interface Prediction {
  /** A newer prediction about the same thing replaces the older one. */
  about: string;
  /** The clock's monotonic time when reality is believed again. */
  expiresAtMs: number;
  /** The state as the user expects it. Pure; it does nothing where the thing is gone. */
  apply(state: AppState): AppState;
  /** True once the real state is what was predicted. */
  isFulfilled(state: AppState): boolean;
}

/** The list with one more prediction; beyond the limit the oldest goes. */
export function addPrediction(predictions: readonly Prediction[], added: Prediction): Prediction[] {
  const others = predictions.filter(({ about }) => about !== added.about);
  return [...others, added].slice(-PREDICTION_LIMITS.maxPredictions);
}

/** What is left once reality has caught up or time has run out. */
export function livePredictions(predictions: readonly Prediction[], real: AppState, nowMs: number): Prediction[] {
  return predictions.filter((prediction) => prediction.expiresAtMs > nowMs && !prediction.isFulfilled(real));
}

/** The state to show. */
export function withPredictions(real: AppState, predictions: readonly Prediction[]): AppState {
  return predictions.reduce((state, prediction) => prediction.apply(state), real);
}
