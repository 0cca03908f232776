// Owns one capture by the page, as the main process holds it.
import type { TarnetError } from '../../shared/base/errors.ts';
import type { CaptureCommand, CaptureReport } from '../../shared/ipc/capture.ts';
import type { PictureBudget } from '../../shared/model/picture-budget.ts';
import type { MediaFrame } from '../../shared/model/video.ts';

/** What to capture. */
export type CaptureStart = Omit<
  Extract<CaptureCommand, { kind: 'start' }>,
  'kind' | 'run' | 'epochOffsetUs' | 'encoders'
>;

/** Pixels: of the picture, and of the source with the odd column and row that the picture leaves out. */
export type CaptureSize = Omit<Extract<CaptureReport, { kind: 'running' }>, 'kind' | 'run'>;

export interface CaptureRunEvents {
  /** The first frame has been captured, or one of another size. */
  onRunning(size: CaptureSize): void;
  onFrame(frame: MediaFrame): void;
  /** A whole picture, of a capture that makes such. */
  onJpeg(data: Uint8Array): void;
  /** Nothing has changed for a while, or something has again. */
  onStill(still: boolean): void;
  /** After `stop`: nothing follows. */
  onEnded(): void;
  /** Nothing follows: `capture-failed` or `encoder-failed`. */
  onFailed(error: TarnetError): void;
}

/** One capture by the page: from `start` until `onEnded` or `onFailed`. */
export class CaptureRun {
  readonly #send: (command: CaptureCommand) => void;
  readonly #run: number;

  constructor(run: number, send: (command: CaptureCommand) => void) {
    this.#run = run;
    this.#send = send;
  }

  addCredit(): void {
    this.#send({ kind: 'credit', run: this.#run });
  }

  requestKeyFrame(): void {
    this.#send({ kind: 'key', run: this.#run });
  }

  viewerActed(): void {
    this.#send({ kind: 'acted', run: this.#run });
  }

  pointerMoved(xPx: number, yPx: number): void {
    this.#send({ kind: 'pointer', run: this.#run, xPx, yPx });
  }

  setBudget(budget: PictureBudget): void {
    this.#send({ kind: 'budget', run: this.#run, budget });
  }

  stop(): void {
    this.#send({ kind: 'stop', run: this.#run });
  }
}
