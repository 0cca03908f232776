// Owns timing an encoder on a real picture while nothing moves, so that the choice rests on this very machine.
import type { EncoderTiming } from '../../../shared/ipc/capture.ts';
import { type EncoderCandidate, sizeClassOf } from './encoder-choice.ts';
import { FrameEncoder } from './frame-encoder.ts';

export const ENCODER_TRIAL_LIMITS = {
  deltas: 5,
  /** By how many pixels the picture is scrolled from one frame to the next; even. */
  stepPx: 8,
} as const;

const QUANTIZER = { key: 40, delta: 28 } as const;

/** What a candidate for a trial is made for: a little lower than the picture, which is scrolled through it. */
export function trialSizeOf(widthPx: number, heightPx: number): { width: number; height: number } {
  const { deltas, stepPx } = ENCODER_TRIAL_LIMITS;
  return { width: widthPx, height: Math.max(2, heightPx - deltas * stepPx) };
}

/** Encodes a picture (which stays the caller's to close) as if it were scrolled. Never throws: a failure is a result. */
export async function tryEncoder(candidate: EncoderCandidate, frame: VideoFrame): Promise<EncoderTiming> {
  const { codec, hardware } = candidate;
  const sizeClass = sizeClassOf(frame.displayWidth, frame.displayHeight);
  const nothing = { codec, hardware, sizeClass, keyMs: 0, deltaMs: 0, keyBytes: 0, failed: true };
  if (!(await FrameEncoder.isSupported(candidate))) return nothing;
  const encoder = new FrameEncoder(candidate);
  try {
    const key = await encodeAt(encoder, frame, 0, QUANTIZER.key);
    const deltas: number[] = [];
    for (let step = 1; step <= ENCODER_TRIAL_LIMITS.deltas; step++)
      deltas.push((await encodeAt(encoder, frame, step, QUANTIZER.delta)).encodeMs);
    deltas.sort((one, other) => one - other);
    const deltaMs = deltas[deltas.length >> 1] ?? 0;
    return { ...nothing, keyMs: key.encodeMs, deltaMs, keyBytes: key.data.length, failed: !key.key };
  } catch {
    return nothing;
  } finally {
    encoder.close();
  }
}

/** The frame from another line on. */
async function encodeAt(encoder: FrameEncoder, frame: VideoFrame, step: number, quantizer: number) {
  const { width, height } = encoder.candidate.config;
  const y = Math.min(step * ENCODER_TRIAL_LIMITS.stepPx, Math.max(0, frame.codedHeight - height));
  const part = new VideoFrame(frame, {
    visibleRect: { x: 0, y, width, height },
    displayWidth: width,
    displayHeight: height,
    timestamp: frame.timestamp + step * 16_667,
  });
  try {
    return await encoder.encode(part, quantizer);
  } finally {
    part.close();
  }
}
