// Owns picturing one area of an X display: waits for damage, reads what was damaged, sends it as exact tiles, and asks
// for video of a part that keeps moving.
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import type { TileRect } from '../../../shared/model/tiles.ts';
import type { MediaFrame } from '../../../shared/model/video.ts';
import { DAMAGE_LIMITS, DamageRegion } from '../damage-region.ts';
import {
  MOTION_LIMITS,
  MotionMeter,
  nextPhase,
  type PicturePhase,
  type PictureSignal,
  videoArea,
} from '../picture-scheduler.ts';
import type { CursorUpdate } from '../picture-source.ts';
import { contains, intersect } from '../rectangles.ts';
import { nearestOwed } from '../settle-order.ts';
import { TilePace } from '../tile-pace.ts';
import { type PreparedTiles, TileStream } from '../tile-stream.ts';
import { CursorWatch } from './cursor-watch.ts';
import { X11Display } from './x11-display.ts';

export const X11_CAPTURE_LIMITS = {
  /** Between two looks at the screen: a program draws one change in several steps. */
  minIntervalMs: 7,
  /** The same while video runs and nothing else is drawn. */
  videoIntervalMs: 25,
  /** Without changes for this long, what video has left inexact is replaced. */
  settleDelayMs: 60,
  /** Pixels replaced in one go while settling, so that motion cuts it short. */
  settlePixels: 384 * 1024,
  /** How long a link that made tiles wait is remembered while its rate is not known, and how much dearer bytes are then. */
  slowLinkMemoryMs: 3_000,
  slowLinkCost: 8,
} as const;

export interface X11CaptureEvents {
  onFrame(frame: MediaFrame): void;
  onCursor(update: CursorUpdate): void;
  /** Video of this part of the area is wanted, or no longer (null). */
  onVideo(area: TileRect | null): void;
  /** The screen has changed its size or its monitors: where the source is now has to be found out again. */
  onGeometry(): void;
  /** Nothing follows. */
  onFailed(error: TarnetError): void;
}

export class X11Capture {
  readonly #display: X11Display;
  readonly #area: TileRect;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: X11CaptureEvents;
  readonly #stream: TileStream;
  readonly #pace: TilePace;
  readonly #pending: DamageRegion;
  readonly #meter = new MotionMeter();
  readonly #cursor: CursorWatch;
  #phase: PicturePhase = 'idle';
  #video: TileRect | null = null;
  #videoSinceMs = 0;
  #videoAllowed: boolean = false;
  #damaged = true;
  #busy = false;
  #lastLookMs = Number.NEGATIVE_INFINITY;
  #lastChangeMs = Number.NEGATIVE_INFINITY;
  #slowLinkUntilMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;
  #closed: boolean = false;

  private constructor(display: X11Display, area: TileRect, clock: Clock, log: Log, events: X11CaptureEvents) {
    this.#display = display;
    this.#area = area;
    this.#clock = clock;
    this.#log = log;
    this.#events = events;
    this.#pace = new TilePace(clock);
    this.#stream = new TileStream(area.widthPx, area.heightPx, clock, this.#pace, (frame) => {
      if (!this.#closed) events.onFrame(frame);
    });
    this.#pending = new DamageRegion(area.widthPx, area.heightPx);
    this.#cursor = new CursorWatch(display, area, clock, (update) => events.onCursor(update));
  }

  /**
   * Starts picturing an area of a display, given in pixels of its whole screen; what lies outside of the screen is cut
   * off. Throws `capture-failed` or `not-supported`.
   */
  static async start(
    displayName: string,
    wanted: TileRect,
    clock: Clock,
    log: Log,
    events: X11CaptureEvents,
  ): Promise<X11Capture> {
    const started: { capture?: X11Capture } = {};
    const tell = (call: (capture: X11Capture) => void) => {
      if (started.capture) call(started.capture);
    };
    const display = await X11Display.open(displayName, {
      onDamage: () => tell((capture) => capture.#onDamage()),
      onCursorShape: () => tell((capture) => capture.#cursor.shapeChanged()),
      onGeometry: () => events.onGeometry(),
      onLost: (error) => tell((capture) => capture.#fail(error)),
    });
    try {
      const screen = await display.size();
      const area = intersect(wanted, { xPx: 0, yPx: 0, ...screen });
      if (!area) throw new TarnetError('capture-failed', 'the source lies outside of the screen');
      log.info('capturing by damage', { ...area, sharedMemory: display.sharedMemory });
      const capture = new X11Capture(display, area, clock, log, events);
      started.capture = capture;
      capture.#signal('start');
      capture.#pump();
      capture.#cursor.start();
      return capture;
    } catch (error) {
      display.close();
      throw TarnetError.from(error);
    }
  }

  /** The area that is really pictured. */
  get area(): TileRect {
    return this.#area;
  }

  /** The link takes one more frame. */
  addCredit(): void {
    this.#stream.addCredit();
    this.#pump();
  }

  /** What all pictures together may take from now on. */
  setBudget(budget: PictureBudget): void {
    this.#pace.setBudget(budget);
    this.#stream.setGrey(budget.greyscale);
    this.#pump();
  }

  requestKeyFrame(): void {
    // video of everything gives its own
    if (this.#videoIsWhole) this.#stream.owed.addAll();
    else this.#stream.wantKey();
    this.#cursor.resend();
    this.#pump();
  }

  viewerActed(): void {
    this.#cursor.hurry();
  }

  /** At first false: nothing can encode video, and everything goes as tiles. */
  allowVideo(allowed: boolean): void {
    this.#videoAllowed = allowed;
  }

  /** The first frame of the wanted video has been captured. */
  videoRunning(): void {
    if (this.#phase !== 'starting') return;
    this.#signal('running');
    this.#videoSinceMs = this.#clock.monotonicMs();
  }

  /** The last frame of the video that is no longer wanted has been sent. */
  videoEnded(): void {
    if (this.#phase === 'stopping') this.#endVideo('ended');
  }

  /** There is no video, whatever was wanted. */
  videoFailed(): void {
    this.#videoAllowed = false;
    if (this.#phase === 'starting' || this.#phase === 'video' || this.#phase === 'stopping') this.#endVideo('failed');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal('stop');
    this.#cancelTimer?.();
    this.#cursor.stop();
    this.#display.close();
  }

  #onDamage(): void {
    this.#damaged = true;
    this.#pump();
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#events.onFailed(TarnetError.from(error));
  }

  #signal(signal: PictureSignal): void {
    const before = this.#phase;
    this.#phase = nextPhase(before, signal);
    if (this.#phase !== before) this.#log.debug('picture phase', { before, now: this.#phase });
  }

  #endVideo(signal: 'ended' | 'failed'): void {
    this.#signal(signal);
    if (this.#video) this.#stream.owed.add(this.#video);
    // viewers may never have got its first frame
    if (signal === 'failed' && this.#isWhole(this.#video)) this.#stream.wantKey();
    this.#video = null;
    this.#pace.besideVideo = false;
    this.#meter.clear();
    this.#pump();
  }

  /** Looks at the screen as soon as that is useful and allowed. */
  #pump(): void {
    if (this.#busy || this.#closed) return;
    const waitMs = this.#waitMs();
    if (waitMs === null) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (waitMs > 0) {
      this.#cancelTimer = this.#clock.after(waitMs, () => {
        this.#cancelTimer = null;
        this.#pump();
      });
      return;
    }
    this.#busy = true;
    this.#look()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#busy = false;
        this.#pump();
      });
  }

  /** Milliseconds until the next look is due, or null when nothing is to be done. */
  #waitMs(): number | null {
    const nowMs = this.#clock.monotonicMs();
    const { videoIntervalMs } = X11_CAPTURE_LIMITS;
    const minIntervalMs = Math.max(X11_CAPTURE_LIMITS.minIntervalMs, this.#pace.minIntervalMs);
    const next = (intervalMs: number) => Math.max(0, this.#lastLookMs + intervalMs - nowMs);
    // while video runs there is always something to do: to see that it has ended
    if (this.#video) return next(this.#damaged && this.#phase !== 'stopping' ? minIntervalMs : videoIntervalMs);
    if (!this.#stream.hasCredit) return null;
    const free = Math.max(next(minIntervalMs), this.#pace.waitMs);
    if (this.#damaged || !this.#pending.isEmpty || this.#stream.keyWanted) return free;
    if (this.#stream.owed.isEmpty) return this.#phase === 'settling' ? next(minIntervalMs) : null;
    // what becomes exact is no frame: the link alone says how much of it there may be
    const settled = Math.max(next(X11_CAPTURE_LIMITS.minIntervalMs), this.#pace.waitMs);
    return Math.max(settled, this.#lastChangeMs + this.#settleDelayMs - nowMs);
  }

  async #look(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    this.#lastLookMs = nowMs;
    if (this.#damaged) {
      this.#damaged = false;
      await this.#takeDamage(nowMs);
    }
    this.#endStillVideo(nowMs);
    if (!this.#stream.hasCredit || this.#pace.waitMs > 0) return;

    const key = this.#stream.keyWanted;
    const { rects, settling } = key ? { rects: [this.#whole()], settling: false } : this.#nextRects();
    if (rects.length === 0) {
      if (this.#phase === 'settling' && this.#stream.owed.isEmpty) this.#signal('settled');
      return;
    }
    for (const rect of rects) this.#pending.subtract(rect);
    const captureTimeUs = Math.round(this.#clock.nowMs() * 1000);
    const grabAtMs = this.#clock.monotonicMs();
    const pixels = await this.#display.grab(rects.map((rect) => this.#toScreen(rect)));
    if (this.#closed) return;
    const captureMs = this.#clock.monotonicMs() - grabAtMs;
    const prepared = this.#stream.prepare({ rects, pixels, captureTimeUs, captureMs, key, movable: !this.#video });
    if (!settling && this.#isMotion(nowMs, prepared)) {
      this.#stream.giveUp(prepared);
      if (this.#videoIsWhole) this.#stream.keyComesAsVideo();
      return;
    }
    if (this.#stream.wantsPreview(prepared)) {
      await this.#stream.preview(prepared);
      this.#pending.addAll();
      return;
    }
    const slow = await this.#stream.deliver(prepared, () => this.#isExact(), settling);
    if (slow) this.#slowLinkUntilMs = this.#clock.monotonicMs() + X11_CAPTURE_LIMITS.slowLinkMemoryMs;
  }

  /** Notes a change; true when video of it has been asked for, and it need not be sent. */
  #isMotion(nowMs: number, { key, pixels, bytes, bounds }: PreparedTiles): boolean {
    const huge = this.#pace.isHuge(bytes);
    if (!bounds || (key && !huge)) return false;
    this.#lastChangeMs = nowMs;
    const slow = !this.#pace.isKnown && nowMs < this.#slowLinkUntilMs ? X11_CAPTURE_LIMITS.slowLinkCost : 1;
    this.#meter.add(nowMs, pixels, bytes * slow * this.#pace.byteCost, bounds, huge);
    return this.#startVideo(nowMs);
  }

  async #takeDamage(nowMs: number): Promise<void> {
    let moving = 0;
    for (const onScreen of await this.#display.takeDamage()) {
      const rect = intersect(onScreen, this.#area);
      if (!rect) continue;
      const local = { ...rect, xPx: rect.xPx - this.#area.xPx, yPx: rect.yPx - this.#area.yPx };
      const inVideo = this.#video && intersect(local, this.#video);
      if (inVideo) moving += inVideo.widthPx * inVideo.heightPx;
      this.#pending.add(local);
    }
    if (this.#video && moving > 0) this.#meter.add(nowMs, moving, 0, this.#video);
  }

  /** What to read next: what was damaged; when nothing was, some of what video has left inexact. */
  #nextRects(): { rects: TileRect[]; settling: boolean } {
    // the video shows what is in it, or will in a moment; that is owed once it has ended
    if (this.#video) this.#pending.subtract(this.#video);
    if (!this.#pending.isEmpty) return { rects: this.#pending.rects(), settling: false };
    const quietMs = this.#clock.monotonicMs() - this.#lastChangeMs;
    if (quietMs < this.#settleDelayMs) return { rects: [], settling: false };
    const maxPixels = Math.min(X11_CAPTURE_LIMITS.settlePixels, this.#stream.blockPixels);
    const owed = nearestOwed(this.#stream.owed, this.#video, this.#cursor.position, maxPixels);
    return { rects: owed, settling: true };
  }

  /** Asks for video when what has been seen calls for it, and says whether it did. */
  #startVideo(nowMs: number): boolean {
    if (!this.#videoAllowed || (this.#phase !== 'tiles' && this.#phase !== 'settling')) return false;
    const motion = this.#meter.motion(nowMs);
    const area = motion && videoArea(motion, this.#area.widthPx, this.#area.heightPx, DAMAGE_LIMITS.cellPx);
    if (!area) return false;
    this.#signal('motion');
    this.#video = area;
    this.#pace.besideVideo = true;
    this.#meter.clear();
    this.#events.onVideo(area);
    return true;
  }

  #endStillVideo(nowMs: number): void {
    if (this.#phase !== 'video' || !this.#video) return;
    if (nowMs - this.#videoSinceMs < MOTION_LIMITS.minVideoMs) return;
    const motion = this.#meter.sustainedMotion(nowMs);
    const elsewhere = motion !== null && !contains(this.#video, motion);
    if (!elsewhere && !this.#meter.still(nowMs, this.#video)) return;
    this.#signal('still');
    this.#events.onVideo(null);
  }

  #isExact(): boolean {
    return this.#stream.owed.isEmpty && this.#pending.isEmpty && this.#video === null;
  }

  get #settleDelayMs(): number {
    return X11_CAPTURE_LIMITS.settleDelayMs + this.#pace.extraSettleDelayMs;
  }

  /** Whether video of everything is on its way, which begins with a picture that stands alone. */
  get #videoIsWhole(): boolean {
    const ours = this.#phase === 'starting' || this.#phase === 'video';
    return ours && this.#isWhole(this.#video);
  }

  /** Never for odd sizes: encoders leave their last row or column to tiles. */
  #isWhole(area: TileRect | null): boolean {
    return area !== null && contains(area, this.#whole());
  }

  #whole(): TileRect {
    return { xPx: 0, yPx: 0, widthPx: this.#area.widthPx, heightPx: this.#area.heightPx };
  }

  #toScreen(rect: TileRect): TileRect {
    return { ...rect, xPx: rect.xPx + this.#area.xPx, yPx: rect.yPx + this.#area.yPx };
  }
}
