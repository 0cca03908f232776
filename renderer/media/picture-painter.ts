// Owns the canvas that shows the remote picture: updates are decoded, painted in order as early as possible, and measured.
import type { InputInjected, MediaDelivery, PaintReport, PictureTrouble } from '../../shared/ipc/media.ts';
import { isPart } from '../../shared/model/tiles.ts';
import type { FramePlacement, MediaCodec, MediaFrame, VideoCodec } from '../../shared/model/video.ts';
import { CanvasSurface } from './canvas-surface.ts';
import { isVideoCodec, videoDecoderConfig } from './decoder-table.ts';
import { wallClockMs } from './page-time.ts';
import { PaintMeter, type PictureStatistics } from './paint-meter.ts';
import { type OrderedUpdate, PaintOrder } from './paint-order.ts';
import { type DecodedTiles, decodeTiles } from './tile-decoder.ts';
import { VideoDecoding } from './video-decoding.ts';

export type { PictureStatistics } from './paint-meter.ts';

export const PAINTER_LIMITS = {
  /** Updates that wait to be decoded or painted; past it the painter goes on with the next key frame. */
  maxWaiting: 128,
  /** Chunks that the decoder has not begun with. */
  maxDecodeQueue: 32,
  /** From this queue on, frames that nothing depends on are not decoded. */
  skipDiscardableAt: 3,
  /** A part of a picture waits at most so long for the others. */
  holdPartsMs: 40,
  /** A frame that does not come out of a decoder that has nothing to do: it holds frames back. */
  heldBackMs: 500,
  /** A key frame is asked for at most this often. */
  askAgainMs: 500,
  /** Video that no decoder is configured for is skipped so long before a key frame is asked for. */
  askAfterSkippingMs: 1000,
  /** Two decoder errors within this time mean that the codec does not work here. */
  errorsTogetherMs: 10_000,
  reportEveryMs: 200,
  maxDetailLength: 500,
} as const;

export interface PicturePainterDelegate {
  onTrouble(trouble: PictureTrouble): void;
  /** A few times a second while pictures are painted. */
  onReport(report: PaintReport): void;
  /** The source's size, before its first picture is painted and whenever it changes. */
  onSize(widthPx: number, heightPx: number): void;
}

interface UpdateMeta {
  id: number;
  seq: number;
  frame: Omit<MediaFrame, 'data'>;
  placement: FramePlacement;
  receivedAtMs: number;
  /** performance.now() when decoding began. */
  startedAtMs: number;
  decodeMs: number;
  /** Of the day, see page-time.ts. */
  decodedAtMs: number;
}

type Picture =
  | { kind: 'video'; frame: VideoFrame; close(): void }
  | { kind: 'tiles'; tiles: DecodedTiles; close(): void };
type Update = OrderedUpdate<UpdateMeta, Picture>;

export class PicturePainter {
  readonly #delegate: PicturePainterDelegate;
  readonly #surface: CanvasSurface;
  readonly #order = new PaintOrder<UpdateMeta, Picture>();
  readonly #decoding: VideoDecoding;
  readonly #updates = new Map<number, Update>();
  readonly #meter = new PaintMeter();
  /** What the decoder is configured for; null while it waits for a configuration. */
  #stream: { codec: VideoCodec; signature: string } | null = null;
  #nextId = 1;
  #pumping: boolean;
  /** More of the picture that came last is to follow at once. */
  #partial: boolean = false;
  #closed: boolean;
  /** True from a lost update to the next whole picture. */
  #damaged: boolean;
  #softwareOnly: boolean;
  /** Since when video comes that no decoder is configured for. */
  #skippingSinceMs: number | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  readonly #failedAtMs = new Map<VideoCodec, number>();
  #reportTimer: ReturnType<typeof setTimeout> | undefined;
  #heldTimer: ReturnType<typeof setTimeout> | undefined;
  #askTimer: ReturnType<typeof setTimeout> | undefined;
  #moreTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(canvas: HTMLCanvasElement, delegate: PicturePainterDelegate) {
    this.#delegate = delegate;
    this.#surface = new CanvasSurface(canvas);
    this.#pumping = false;
    this.#closed = false;
    this.#damaged = false;
    this.#softwareOnly = false;
    this.#decoding = new VideoDecoding({
      onFrame: (id, frame) => this.#decoded(id, frame),
      onError: (message, unsupported) => this.#decoderFailed(message, unsupported),
    });
  }

  /** Takes the next picture update, in the order of arrival. */
  deliver(delivery: MediaDelivery): void {
    if (this.#closed) return;
    const { frame, sizeBytes } = delivery;
    this.#meter.received(sizeBytes);
    if (this.#order.length >= PAINTER_LIMITS.maxWaiting) this.#loseThread(frame.codec, 'too many updates wait');
    if (isVideoCodec(frame.codec)) this.#deliverVideo(delivery, frame.codec);
    else this.#deliverTiles(delivery);
  }

  /** Add to this machine's clock to get the host's; null while unknown. */
  setClockOffsetMs(offsetMs: number | null): void {
    this.#meter.clockOffsetMs = offsetMs;
  }

  inputInjected(injected: InputInjected): void {
    this.#meter.inputInjected(injected);
  }

  statistics(): PictureStatistics {
    return this.#meter.statistics();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#reportTimer);
    clearTimeout(this.#heldTimer);
    clearTimeout(this.#askTimer);
    clearTimeout(this.#moreTimer);
    this.#decoding.reset();
    this.#order.clear();
    this.#updates.clear();
  }

  #deliverVideo(delivery: MediaDelivery, codec: VideoCodec): void {
    const { frame } = delivery;
    if (frame.configuration) this.#configure(frame, codec, frame.configuration.codecString);
    if (this.#stream?.codec !== codec || !this.#decoding.isConfigured) {
      this.#skip(codec);
      return;
    }
    if (this.#decoding.queueSize > PAINTER_LIMITS.maxDecodeQueue) {
      this.#loseThread(codec, 'the decoder does not keep up');
      return;
    }
    if (frame.discardable && this.#decoding.queueSize >= PAINTER_LIMITS.skipDiscardableAt) {
      this.#meter.dropped(1);
      return;
    }
    const update = this.#add(delivery);
    this.#updates.set(update.meta.id, update);
    this.#decoding.decode({ id: update.meta.id, key: frame.configuration !== null, data: frame.data });
    this.#watchForHeldFrames();
  }

  #deliverTiles(delivery: MediaDelivery): void {
    const { frame } = delivery;
    const update = this.#add(delivery);
    this.#partial = isPart(frame.data);
    decodeTiles(frame.data, frame.widthPx, frame.heightPx).then(
      (tiles) => {
        noteDecoded(update.meta);
        this.#order.ready(update, { kind: 'tiles', tiles, close: () => undefined });
        if (this.#partial || (tiles.more && this.#order.decoding > 0)) this.#pumpSoon();
        else this.#pump();
      },
      (error: unknown) => {
        this.#order.gone(update);
        this.#lose(1);
        this.#askForKeyFrame('tiles', error instanceof Error ? error.message : String(error));
        this.#pump();
      },
    );
  }

  #add({ frame, seq, receivedAtMs }: MediaDelivery): Update {
    const { data: _, ...rest } = frame;
    const placement = frame.placement ?? { xPx: 0, yPx: 0, widthPx: frame.widthPx, heightPx: frame.heightPx };
    const id = this.#nextId++;
    const begun = { startedAtMs: performance.now(), decodeMs: 0, decodedAtMs: 0 };
    const meta: UpdateMeta = { id, seq, frame: rest, placement, receivedAtMs, ...begun };
    if (!isVideoCodec(frame.codec)) return this.#order.add(meta, null, frame.key);
    const { xPx, yPx, widthPx, heightPx } = placement;
    return this.#order.add(meta, `${xPx},${yPx},${widthPx},${heightPx}`, frame.placement === undefined);
  }

  #configure(frame: MediaFrame, codec: VideoCodec, codecString: string): void {
    const { widthPx, heightPx } = frame.placement ?? frame;
    this.#skippingSinceMs = null;
    const signature = `${codecString} ${widthPx}x${heightPx}`;
    if (this.#stream?.signature === signature && this.#decoding.isConfigured) return;
    this.#stream = { codec, signature };
    this.#decoding.configure(videoDecoderConfig(codec, codecString, widthPx, heightPx, this.#softwareOnly));
  }

  #decoded(id: number, frame: VideoFrame): void {
    const update = this.#updates.get(id);
    // What the decoder passed over will not come any more.
    for (const [earlier, passed] of this.#updates) {
      if (earlier >= id) break;
      this.#updates.delete(earlier);
      this.#order.gone(passed);
      this.#lose(1);
    }
    this.#updates.delete(id);
    if (!update || this.#closed) {
      frame.close();
      return;
    }
    noteDecoded(update.meta);
    this.#order.ready(update, { kind: 'video', frame, close: () => frame.close() });
    this.#pump();
  }

  /** Parts of one picture are painted together: showing them one by one is torn, and costs a whole screen each time. */
  #pumpSoon(): void {
    this.#moreTimer ??= setTimeout(() => {
      this.#moreTimer = undefined;
      this.#pump();
    }, PAINTER_LIMITS.holdPartsMs);
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#paintAll().catch((error: unknown) => {
      this.#loseThread(this.#stream?.codec ?? 'tiles', error instanceof Error ? error.message : String(error));
    });
  }

  /** Tiles are painted in the task that decoded them; a video frame's pixels have to be copied out first. */
  async #paintAll(): Promise<void> {
    try {
      for (let next = this.#order.next(); next && !this.#closed; next = this.#order.next()) {
        const { update, picture, skipped } = next;
        try {
          await this.#paint(update.meta, picture, skipped);
        } finally {
          picture.close();
        }
      }
    } finally {
      // Within the same step in which nothing more was found: an update that is ready later pumps again.
      this.#pumping = false;
    }
  }

  #paint(meta: UpdateMeta, picture: Picture, skipped: number): Promise<void> | undefined {
    const { widthPx, heightPx } = meta.frame;
    const startedAtMs = performance.now();
    if (this.#surface.resize(widthPx, heightPx)) this.#delegate.onSize(widthPx, heightPx);
    if (picture.kind === 'tiles') {
      this.#surface.paintTiles(picture.tiles);
      this.#painted(meta, skipped, startedAtMs);
      return undefined;
    }
    return this.#surface.paintVideo(picture.frame, meta.placement).then(() => {
      this.#painted(meta, skipped, startedAtMs);
    });
  }

  #painted(meta: UpdateMeta, skipped: number, startedAtMs: number): void {
    const { frame, seq, receivedAtMs, decodedAtMs, decodeMs } = meta;
    if (frame.key) this.#damaged = false;
    this.#meter.dropped(skipped);
    this.#meter.painted({
      seq,
      codec: frame.codec,
      widthPx: frame.widthPx,
      heightPx: frame.heightPx,
      captureTimeMs: frame.captureTimeUs / 1000,
      stages: frame.stages ?? null,
      receivedAtMs,
      decodedAtMs,
      decodeMs,
      paintMs: performance.now() - startedAtMs,
      exact: frame.exact && !this.#damaged,
    });
    this.#reportTimer ??= setTimeout(() => {
      this.#reportTimer = undefined;
      this.#delegate.onReport(this.#meter.report(this.#order.length));
    }, PAINTER_LIMITS.reportEveryMs);
  }

  #decoderFailed(message: string, unsupported: boolean): void {
    const codec = this.#stream?.codec ?? 'h264';
    this.#stream = null;
    this.#abandonVideo();
    const nowMs = performance.now();
    const again = nowMs - (this.#failedAtMs.get(codec) ?? Number.NEGATIVE_INFINITY) < PAINTER_LIMITS.errorsTogetherMs;
    this.#failedAtMs.set(codec, nowMs);
    // One broken frame is no broken codec.
    if (unsupported || again) this.#tell('codec-failed', codec, message);
    else this.#askForKeyFrame(codec, message);
    this.#pump();
  }

  /** Gives up on all that waits: the next key frame starts afresh. */
  #loseThread(codec: MediaCodec, detail: string): void {
    if (this.#closed) return;
    this.#lose(this.#order.length);
    this.#stream = null;
    this.#decoding.reset();
    this.#updates.clear();
    this.#order.clear();
    this.#askForKeyFrame(codec, detail);
  }

  /** A configuration usually follows by itself: one is asked for only when that takes long. */
  #skip(codec: VideoCodec): void {
    this.#meter.dropped(1);
    const nowMs = performance.now();
    this.#skippingSinceMs ??= nowMs;
    if (nowMs - this.#skippingSinceMs >= PAINTER_LIMITS.askAfterSkippingMs)
      this.#askForKeyFrame(codec, 'no configuration comes');
  }

  #abandonVideo(): void {
    this.#lose(this.#order.abandon(({ frame }) => isVideoCodec(frame.codec)));
    this.#updates.clear();
  }

  #lose(updates: number): void {
    this.#damaged = true;
    this.#meter.dropped(updates);
  }

  #watchForHeldFrames(): void {
    this.#heldTimer ??= setTimeout(() => {
      this.#heldTimer = undefined;
      const oldest = this.#updates.values().next();
      if (oldest.done || this.#closed) return;
      const waitedMs = performance.now() - oldest.value.meta.startedAtMs;
      if (waitedMs < PAINTER_LIMITS.heldBackMs || this.#decoding.queueSize > 0) this.#watchForHeldFrames();
      else this.#framesHeldBack();
    }, PAINTER_LIMITS.heldBackMs);
  }

  #framesHeldBack(): void {
    const codec = this.#stream?.codec ?? 'h264';
    this.#stream = null;
    this.#decoding.reset();
    this.#abandonVideo();
    if (this.#softwareOnly) this.#tell('codec-failed', codec, 'the decoder holds frames back');
    else this.#askForKeyFrame(codec, 'the decoder holds frames back: trying software');
    this.#softwareOnly = true;
    this.#pump();
  }

  /** At once, or as soon as it may be asked again: a still screen sends nothing that would remind us. */
  #askForKeyFrame(codec: MediaCodec, detail: string): void {
    const waitMs = this.#askedAtMs + PAINTER_LIMITS.askAgainMs - performance.now();
    if (waitMs > 0) {
      this.#askTimer ??= setTimeout(() => {
        this.#askTimer = undefined;
        this.#askForKeyFrame(codec, detail);
      }, waitMs);
      return;
    }
    this.#askedAtMs = performance.now();
    this.#tell('need-key-frame', codec, detail);
  }

  #tell(kind: PictureTrouble['kind'], codec: MediaCodec, detail: string): void {
    this.#delegate.onTrouble({ kind, codec, detail: detail.slice(0, PAINTER_LIMITS.maxDetailLength) });
  }
}

function noteDecoded(meta: UpdateMeta): void {
  meta.decodeMs = performance.now() - meta.startedAtMs;
  meta.decodedAtMs = wallClockMs();
}
