// Owns the pictures of this machine: picks the way to make them, follows displays that change, and tries again.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import { type PictureBudget, UNBOUNDED_PICTURE_BUDGET } from '../../shared/model/picture-budget.ts';
import type { VideoCodec } from '../../shared/model/video.ts';
import type { CaptureSources } from './capture-source.ts';
import type { CaptureWindow } from './capture-window.ts';
import { type PagePictureOptions, PagePictureRun } from './page-picture-run.ts';
import type { PictureRun, PictureRunEvents } from './picture-run.ts';
import type { PictureEvents, PictureSource } from './picture-source.ts';
import type { CaptureProcess } from './x11/x11-capture-client.ts';
import { X11PictureRun } from './x11/x11-picture-run.ts';

export const PICTURE_SOURCE_LIMITS = {
  /** Wait before the first new try after a failure; doubled up to `maxRetryMs`. */
  retryMs: 500,
  maxRetryMs: 10_000,
} as const;

export interface DesktopPictureOptions {
  sources: Pick<CaptureSources, 'find' | 'onChanged'>;
  window: Pick<CaptureWindow, 'open' | 'start' | 'close'>;
  /** The X display to picture by damage, and what starts the process that does; null on other platforms. */
  x11: { display: string; fork: () => CaptureProcess } | null;
  /** What the capture page's pictures need besides. */
  page: Pick<PagePictureOptions, 'exact' | 'pointerPoint'>;
  clock: Clock;
  log: Log;
}

/**
 * The X display that can be pictured by damage: none on other platforms, none under Wayland's X server, and none when
 * TARNET_CAPTURE=page asks for the way that works everywhere.
 */
export function x11DisplayName(platform: string, env: Readonly<Record<string, string | undefined>>): string | null {
  if (env.TARNET_CAPTURE === 'page') return null;
  if (platform !== 'linux' || env.WAYLAND_DISPLAY || env.XDG_SESSION_TYPE === 'wayland') return null;
  return env.DISPLAY || null;
}

export class DesktopPictureSource implements PictureSource {
  readonly #options: DesktopPictureOptions;
  #generation = 0;
  #run: PictureRun | null = null;
  #source: CaptureSource | null = null;
  #decoders: readonly VideoCodec[] = ['h264', 'vp8'];
  #budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  #leaveChanges: (() => void) | null = null;
  #recheck: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;
  #retries = 0;

  constructor(options: DesktopPictureOptions) {
    this.#options = options;
  }

  async start(sourceId: string, events: PictureEvents): Promise<void> {
    this.stop();
    const generation = this.#generation;
    this.#recheck = () => void this.#check(generation, sourceId, events);
    this.#leaveChanges = this.#options.sources.onChanged(() => this.#recheck?.());
    try {
      await this.#begin(generation, sourceId, events);
    } catch (error) {
      if (generation === this.#generation) this.stop();
      throw TarnetError.from(error);
    }
  }

  stop(): void {
    this.#generation++;
    this.#retries = 0;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#leaveChanges?.();
    this.#leaveChanges = null;
    this.#recheck = null;
    this.#end();
  }

  requestKeyFrame(): void {
    this.#run?.requestKeyFrame();
  }

  viewerActed(): void {
    this.#run?.viewerActed();
  }

  setDecoders(codecs: readonly VideoCodec[]): void {
    this.#decoders = codecs;
    this.#run?.setDecoders(codecs);
  }

  setBudget(budget: PictureBudget): void {
    this.#budget = budget;
    this.#run?.setBudget(budget);
  }

  /** The machine was asleep, or its screen locked: what is shared may have changed unseen, and what viewers have is old. */
  wake(): void {
    this.#recheck?.();
    this.requestKeyFrame();
  }

  #end(): void {
    this.#run?.stop();
    this.#run = null;
    this.#source = null;
  }

  async #begin(generation: number, sourceId: string, events: PictureEvents): Promise<void> {
    const found = await this.#options.sources.find(sourceId);
    if (generation !== this.#generation) return;
    this.#end();
    const runEvents: PictureRunEvents = {
      onFrame: (frame) => {
        if (generation === this.#generation) events.onFrame(frame);
      },
      onCursor: (update) => {
        if (generation === this.#generation) events.onCursor(update);
      },
      mayEncode: () => events.mayEncode(),
      onGeometry: () => void this.#check(generation, sourceId, events),
      onFailed: (error) => this.#failed(generation, sourceId, events, error),
    };
    const source = await this.#startRun(found, runEvents);
    if (generation !== this.#generation) return;
    // kept as it was found: later it is compared with what is found then
    this.#source = found;
    this.#retries = 0;
    events.onSource(source);
    events.onProblem(null);
  }

  async #startRun(found: CaptureSource, events: PictureRunEvents): Promise<CaptureSource> {
    const { x11, page, window, clock, log } = this.#options;
    if (x11 && found.kind === 'display') {
      const run = new X11PictureRun(found, this.#decoders, { ...x11, window, clock, log }, events);
      this.#run = run;
      run.setBudget(this.#budget);
      try {
        return { ...found, ...(await run.started) };
      } catch (error) {
        const known = TarnetError.from(error);
        if (known.reason !== 'not-supported') throw known;
        log.info('no damage events: capturing by the page', { message: known.message });
      }
    }
    const run = new PagePictureRun(found, this.#decoders, { ...page, window, clock, log }, events);
    this.#run = run;
    run.setBudget(this.#budget);
    return { ...found, ...(await run.start()) };
  }

  /** Displays have changed: starts over when ours has. */
  async #check(generation: number, sourceId: string, events: PictureEvents): Promise<void> {
    if (generation !== this.#generation) return;
    try {
      const now = await this.#options.sources.find(sourceId);
      const before = this.#source;
      if (generation !== this.#generation || (before && samePlace(before, now))) return;
      await this.#begin(generation, sourceId, events);
    } catch (error) {
      this.#failed(generation, sourceId, events, TarnetError.from(error));
    }
  }

  #failed(generation: number, sourceId: string, events: PictureEvents, error: TarnetError): void {
    if (generation !== this.#generation) return;
    this.#options.log.warn('no picture', { reason: error.reason, message: error.message });
    this.#end();
    events.onProblem(error);
    if (this.#cancelRetry) return;
    const waitMs = Math.min(PICTURE_SOURCE_LIMITS.maxRetryMs, PICTURE_SOURCE_LIMITS.retryMs * 2 ** this.#retries);
    this.#retries = Math.min(this.#retries + 1, 16);
    this.#cancelRetry = this.#options.clock.after(waitMs, () => {
      this.#cancelRetry = null;
      if (generation === this.#generation && !this.#run) void this.#check(generation, sourceId, events);
    });
  }
}

function samePlace(one: CaptureSource, other: CaptureSource): boolean {
  return (
    one.xPx === other.xPx &&
    one.yPx === other.yPx &&
    one.widthPx === other.widthPx &&
    one.heightPx === other.heightPx &&
    one.scaleFactor === other.scaleFactor
  );
}
