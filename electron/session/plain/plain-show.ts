// Owns the pictures on their way to a v1 relay: whole files, one at a time, always the newest.
import type { Clock } from '../../../shared/base/clock.ts';
import type { TarnetError } from '../../../shared/base/errors.ts';
import type { CaptureSource } from '../../../shared/model/capture-source.ts';
import type { PlainPictures } from './plain-picture-port.ts';
import { screenFrame } from './v1-host-wire.ts';

export const PLAIN_SHOW_LIMITS = {
  /** A picture that does not change is sent again: relays keep none for those who come later. */
  refreshEveryMs: 2_000,
} as const;

export interface PlainShowOptions {
  clock: Clock;
  pictures: PlainPictures;
  /** Whether all who would see it have been agreed to, as far as anybody knows. */
  mayShow(): boolean;
  /** `onTaken` is called when the relay has read it. */
  send(message: (hostId: string) => string, onTaken: () => void): void;
  onSource(source: CaptureSource): void;
  onProblem(error: TarnetError | null): void;
}

export class PlainShow {
  readonly #options: PlainShowOptions;
  #sourceId: string | null = null;
  #running = false;
  /** Counts beginnings: what an earlier one still brings is not ours any more. */
  #run = 0;
  #waiting: Uint8Array | null = null;
  #onTheWay = false;
  #sentAtMs = 0;

  constructor(options: PlainShowOptions) {
    this.#options = options;
  }

  selectSource(sourceId: string): void {
    if (sourceId === this.#sourceId) return;
    this.#sourceId = sourceId;
    if (this.#running) this.begin();
  }

  begin(): void {
    this.end();
    if (this.#sourceId === null) return;
    const { pictures, onSource, onProblem } = this.#options;
    const run = this.#run;
    const ours = () => this.#running && run === this.#run;
    this.#running = true;
    pictures.start(this.#sourceId, {
      onPicture: (jpeg) => {
        if (!ours()) return;
        this.#waiting = jpeg;
        this.#sendNext();
      },
      onSource: (source) => {
        if (ours()) onSource(source);
      },
      onProblem: (error) => {
        if (ours()) onProblem(error);
      },
    });
  }

  end(): void {
    this.#run += 1;
    this.#waiting = null;
    this.#onTheWay = false;
    if (!this.#running) return;
    this.#running = false;
    this.#options.pictures.stop();
  }

  refresh(): void {
    if (this.#running) this.#options.pictures.refresh();
  }

  /** The relay has said who is there. */
  tick(): void {
    if (!this.#running) return;
    if (this.#waiting) this.#sendNext();
    else if (this.#options.clock.monotonicMs() - this.#sentAtMs >= PLAIN_SHOW_LIMITS.refreshEveryMs) this.refresh();
  }

  #sendNext(): void {
    const { clock, pictures, mayShow, send } = this.#options;
    const picture = this.#waiting;
    if (!picture || this.#onTheWay || !mayShow()) return;
    const run = this.#run;
    this.#waiting = null;
    this.#onTheWay = true;
    this.#sentAtMs = clock.monotonicMs();
    send(
      (hostId) => screenFrame(hostId, picture, clock.nowMs()),
      () => {
        if (run !== this.#run) return;
        this.#onTheWay = false;
        pictures.next();
        this.#sendNext();
      },
    );
  }
}
