// Owns what the age of the picture is made of, stage by stage, and how long it takes from input to the picture. Pure.
import { LATENCY_STAGES, type LatencyStage, type Percentiles } from '../../shared/ipc/statistics.ts';
import type { FrameStages } from '../../shared/model/video.ts';
import { RecentSamples } from './latency-statistics.ts';

/**
 * `queue` is what else it took on the host, `decode` begins when the update has arrived here, `paint` when it is decoded.
 */
export interface LatencyStatistics {
  stages: Record<LatencyStage, Percentiles>;
  /** From input on this side to the first picture that was captured after the host had injected it. */
  inputToPhoton: Percentiles;
}

export const STAGE_LIMITS = {
  /** Inputs that wait for a picture; the oldest are forgotten. */
  maxInputs: 32,
  /** What is not answered by a picture within this time changed nothing that can be seen. */
  maxInputToPhotonMs: 2_000,
  /** Pictures that are remembered because the host's word about an input may come after them. */
  maxPaints: 64,
} as const;

export interface StagedUpdate {
  /** Host's clock. */
  captureTimeMs: number;
  stages: FrameStages | null;
  /** By this machine's clock. */
  receivedAtMs: number;
  decodedAtMs: number;
}

export class LatencyStages {
  readonly #samples = new Map(LATENCY_STAGES.map((stage) => [stage, new RecentSamples()]));
  readonly #inputToPhoton = new RecentSamples();
  #inputs: { inputAtMs: number; injectedAtMs: number }[] = [];
  #paints: { captureTimeMs: number; paintedAtMs: number }[] = [];

  /** `clockOffsetMs`: add to this machine's clock to get the host's; null while unknown. */
  painted(update: StagedUpdate, clockOffsetMs: number | null, nowMs: number): void {
    const { captureTimeMs, stages, receivedAtMs, decodedAtMs } = update;
    this.#paints.push({ captureTimeMs, paintedAtMs: nowMs });
    if (this.#paints.length > STAGE_LIMITS.maxPaints) this.#paints.shift();
    const answered = this.#inputs.filter(({ injectedAtMs }) => injectedAtMs <= captureTimeMs);
    for (const { inputAtMs } of answered) this.#addInput(nowMs - inputAtMs, nowMs);
    if (answered.length > 0) this.#inputs = this.#inputs.filter((input) => !answered.includes(input));
    this.#add('decode', decodedAtMs - receivedAtMs, nowMs);
    this.#add('paint', nowMs - decodedAtMs, nowMs);
    if (!stages || clockOffsetMs === null) return;
    const { captureMs, compareMs, encodeMs, queueMs } = stages;
    const sentAtMs = captureTimeMs + captureMs + compareMs + encodeMs + queueMs - clockOffsetMs;
    this.#add('capture', captureMs, nowMs);
    this.#add('compare', compareMs, nowMs);
    this.#add('encode', encodeMs, nowMs);
    this.#add('queue', queueMs, nowMs);
    this.#add('network', receivedAtMs - sentAtMs, nowMs);
  }

  /** What the user did at `inputAtMs` (this machine's clock) was carried out at `injectedAtMs` (the host's clock). */
  inputInjected(inputAtMs: number, injectedAtMs: number, nowMs: number): void {
    const seen = this.#paints.find(({ captureTimeMs }) => captureTimeMs >= injectedAtMs);
    if (seen) {
      this.#addInput(seen.paintedAtMs - inputAtMs, nowMs);
      return;
    }
    this.#inputs.push({ inputAtMs, injectedAtMs });
    if (this.#inputs.length > STAGE_LIMITS.maxInputs) this.#inputs.shift();
  }

  statistics(nowMs: number): LatencyStatistics {
    const of = (stage: LatencyStage) => percentilesOf(this.#samples.get(stage), nowMs);
    return {
      stages: {
        capture: of('capture'),
        compare: of('compare'),
        encode: of('encode'),
        queue: of('queue'),
        network: of('network'),
        decode: of('decode'),
        paint: of('paint'),
      },
      inputToPhoton: percentilesOf(this.#inputToPhoton, nowMs),
    };
  }

  #add(stage: LatencyStage, valueMs: number, nowMs: number): void {
    this.#samples.get(stage)?.add(valueMs, nowMs);
  }

  #addInput(valueMs: number, nowMs: number): void {
    if (valueMs >= 0 && valueMs <= STAGE_LIMITS.maxInputToPhotonMs) this.#inputToPhoton.add(valueMs, nowMs);
  }
}

/** Of what was sampled lately; the rank is the nearest. */
export function percentilesOf(samples: RecentSamples | undefined, nowMs: number): Percentiles {
  return {
    p50Ms: samples?.percentile(0.5, nowMs) ?? null,
    p95Ms: samples?.percentile(0.95, nowMs) ?? null,
    samples: samples?.count(nowMs) ?? 0,
  };
}
