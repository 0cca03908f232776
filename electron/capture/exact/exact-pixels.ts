// Owns when a still picture is made exact: takes snapshots, hands them to the worker, and lets nothing old out.
import * as v from 'valibot';
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import type { CaptureSource } from '../../../shared/model/capture-source.ts';
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import { decodeTileBlock, type TileRect } from '../../../shared/model/tiles.ts';
import type { MediaFrame } from '../../../shared/model/video.ts';
import type { CaptureSize } from '../capture-run.ts';
import type { TakeSnapshot } from './desktop-snapshot.ts';
import { type ExactCommand, exactReportSchema } from './exact-messages.ts';
import { type ExactPhase, type ExactSignal, nextExactPhase } from './exact-phase.ts';

export const EXACT_PIXELS_LIMITS = {
  /** From the end of one snapshot to the next, and how many times what the last one took: at most a fifth of the time. */
  minRestMs: 150,
  restShare: 4,
  /** A still picture is looked at again, in case of a change too faint for the captured frames: first, and at most. */
  firstCheckMs: 2_000,
  maxCheckMs: 30_000,
  checkGrowth: 4,
  maxFailureMs: 10_000,
} as const;

/** What is needed of a worker thread. */
export interface ExactWorker {
  postMessage(message: ExactCommand, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  terminate(): unknown;
}

export interface ExactPixelsOptions {
  source: Pick<CaptureSource, 'id' | 'kind'>;
  worker: ExactWorker;
  take: TakeSnapshot;
  clock: Clock;
  log: Log;
  onFrame(frame: MediaFrame): void;
  /** In pixels of the source: what is near is made exact first. */
  pointer(): { xPx: number; yPx: number };
}

export class ExactPixels {
  readonly #options: ExactPixelsOptions;
  #size: CaptureSize | null = null;
  #phase: ExactPhase = 'moving';
  /** Counts what moved: what was made for an earlier one is old. */
  #generation = 0;
  #restUntilMs = 0;
  #checkMs: number = EXACT_PIXELS_LIMITS.firstCheckMs;
  #failures = 0;
  #cancelTimer: (() => void) | null = null;

  constructor(options: ExactPixelsOptions) {
    this.#options = options;
    options.worker.on('message', (message) => this.#hear(message));
    options.worker.on('error', (error) => this.#fail(error));
  }

  /** The picture has this size from now on, and viewers have nothing of it exactly. */
  start(size: CaptureSize): void {
    this.#size = size;
    this.#generation++;
    this.#post({ kind: 'start', widthPx: size.widthPx, heightPx: size.heightPx });
    this.setStill(false);
  }

  /** A picture update that is not exact goes to the viewers. */
  covered(frame: MediaFrame): void {
    this.#cover(rectsOf(frame));
  }

  /** Nothing changes for a while, or something does again. */
  setStill(still: boolean): void {
    if (this.#phase === 'stopped') return;
    if (still === (this.#phase !== 'moving')) return;
    this.#signal(still ? 'still' : 'moves');
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (still) {
      this.#checkMs = EXACT_PIXELS_LIMITS.firstCheckMs;
      this.#schedule(0);
      return;
    }
    this.#generation++;
    this.#post({ kind: 'cut' });
  }

  addCredit(): void {
    this.#post({ kind: 'credit' });
  }

  setBudget(budget: PictureBudget): void {
    this.#post({ kind: 'budget', budget });
  }

  stop(): void {
    if (this.#phase === 'stopped') return;
    this.#signal('stop');
    this.#cancelTimer?.();
    this.#options.worker.terminate();
  }

  #is(phase: ExactPhase): boolean {
    return this.#phase === phase;
  }

  #signal(signal: ExactSignal): void {
    this.#phase = nextExactPhase(this.#phase, signal);
  }

  #schedule(afterMs: number): void {
    const { clock } = this.#options;
    const waitMs = Math.max(afterMs, this.#restUntilMs - clock.monotonicMs(), 0);
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(waitMs, () => {
      this.#cancelTimer = null;
      void this.#snapshot();
    });
  }

  async #snapshot(): Promise<void> {
    const size = this.#size;
    if (!size || !this.#is('waiting')) return;
    const { source, take, clock, pointer } = this.#options;
    const generation = this.#generation;
    this.#signal('snapshot');
    const startMs = clock.monotonicMs();
    const captureTimeUs = Math.round(clock.nowMs() * 1000);
    try {
      const full = { widthPx: size.fullWidthPx, heightPx: size.fullHeightPx };
      const { pixels, widthPx, heightPx } = await take(source, full);
      const captureMs = clock.monotonicMs() - startMs;
      this.#noteCost(captureMs);
      // nothing is taken from what moved meanwhile
      if (generation !== this.#generation || !this.#is('snapping')) return;
      this.#failures = 0;
      this.#signal('taken');
      const command = {
        kind: 'snapshot',
        generation,
        pixels,
        widthPx,
        heightPx,
        captureTimeUs,
        captureMs,
        pointer: pointer(),
      } as const;
      this.#post(command, [pixels.buffer]);
    } catch (error) {
      this.#noteCost(clock.monotonicMs() - startMs);
      this.#snapshotFailed(generation, TarnetError.from(error));
    }
  }

  #noteCost(tookMs: number): void {
    const { minRestMs, restShare } = EXACT_PIXELS_LIMITS;
    this.#restUntilMs = this.#options.clock.monotonicMs() + Math.max(minRestMs, tookMs * restShare);
  }

  #snapshotFailed(generation: number, error: TarnetError): void {
    if (generation !== this.#generation || !this.#is('snapping')) return;
    if (this.#failures === 0) this.#options.log.warn('the picture stays inexact', { message: error.message });
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#signal('failed');
    this.#schedule(Math.min(EXACT_PIXELS_LIMITS.maxFailureMs, EXACT_PIXELS_LIMITS.minRestMs * 2 ** this.#failures));
  }

  #hear(message: unknown): void {
    if (this.#phase === 'stopped') return;
    const parsed = v.safeParse(exactReportSchema, message);
    if (!parsed.success) {
      this.#fail(TarnetError.malformed('report', v.getDotPath(parsed.issues[0]) ?? 'unknown kind'));
      return;
    }
    const report = parsed.output;
    switch (report.kind) {
      case 'frame':
        if (report.generation === this.#generation) this.#options.onFrame(report.frame);
        // never sent: viewers have something newer there by now
        else this.#drop(report.frame);
        break;
      case 'settled':
        if (report.generation === this.#generation) this.#settled(report.complete, report.changed);
        break;
      case 'failed':
        this.#fail(new TarnetError(report.reason, report.message));
        break;
    }
  }

  #drop(frame: MediaFrame): void {
    const { widthPx, heightPx } = this.#size ?? {};
    if (frame.widthPx !== widthPx || frame.heightPx !== heightPx) return;
    this.#cover(rectsOf(frame));
    this.addCredit();
  }

  #settled(complete: boolean, changed: boolean): void {
    if (this.#phase !== 'settling') return;
    this.#signal('settled');
    const { firstCheckMs, maxCheckMs, checkGrowth } = EXACT_PIXELS_LIMITS;
    if (!complete) {
      this.#schedule(0);
      return;
    }
    if (changed) this.#checkMs = firstCheckMs;
    this.#schedule(this.#checkMs);
    this.#checkMs = Math.min(maxCheckMs, this.#checkMs * checkGrowth);
  }

  #cover(rects: TileRect[]): void {
    this.#post({ kind: 'covered', rects });
  }

  /** The picture stays as video and tiles make it. */
  #fail(error: Error): void {
    if (this.#phase === 'stopped') return;
    this.#options.log.error('no exact pixels', { message: error.message });
    this.stop();
  }

  #post(command: ExactCommand, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#phase !== 'stopped') this.#options.worker.postMessage(command, transfer);
  }
}

/** Where a picture update changes what viewers have. */
function rectsOf({ codec, data, widthPx, heightPx, placement }: MediaFrame): TileRect[] {
  if (codec === 'tiles') return decodeTileBlock(data, widthPx, heightPx).rects;
  return [placement ?? { xPx: 0, yPx: 0, widthPx, heightPx }];
}
