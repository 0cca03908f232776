// Owns the canvas that shows the remote picture: picture updates are decoded and painted in order, newest first wins.
import type { MediaDelivery, PaintReport, PictureTrouble } from '../../shared/ipc/media.ts';
import type { MediaCodec } from '../../shared/model/video.ts';

export interface PicturePainterDelegate {
  onTrouble(trouble: PictureTrouble): void;
  /** A few times a second while pictures are painted. */
  onReport(report: PaintReport): void;
  /** The source's size, before its first picture is painted and whenever it changes. */
  onSize(widthPx: number, heightPx: number): void;
}

/** What the statistics overlay shows; everything about the last 10 seconds unless it says otherwise. */
export interface PictureStatistics {
  framesPerSecond: number;
  codec: MediaCodec | null;
  widthPx: number;
  heightPx: number;
  /** Capture to paint, milliseconds; null while the clocks are not known to each other. */
  ageP50Ms: number | null;
  ageP95Ms: number | null;
  decodeMs: number | null;
  paintMs: number | null;
  /** Since the painter was made. */
  paintedFrames: number;
  droppedFrames: number;
  /** True while the picture equals the host's screen in every pixel. */
  exact: boolean;
  /** Milliseconds since the last painted update; null before the first. */
  sincePaintMs: number | null;
  /** One value a second, oldest first, at most 60. */
  history: { framesPerSecond: number[]; ageMs: (number | null)[]; bitsPerSecond: number[] };
}

export class PicturePainter {
  constructor(canvas: HTMLCanvasElement, delegate: PicturePainterDelegate) {
    void canvas;
    void delegate;
  }

  /** Takes the next picture update, in the order of arrival. */
  deliver(delivery: MediaDelivery): void {
    void delivery;
  }

  /** Add to this machine's clock to get the host's; null while unknown. */
  setClockOffsetMs(offsetMs: number | null): void {
    void offsetMs;
  }

  statistics(): PictureStatistics {
    return {
      framesPerSecond: 0,
      codec: null,
      widthPx: 0,
      heightPx: 0,
      ageP50Ms: null,
      ageP95Ms: null,
      decodeMs: null,
      paintMs: null,
      paintedFrames: 0,
      droppedFrames: 0,
      exact: false,
      sincePaintMs: null,
      history: { framesPerSecond: [], ageMs: [], bitsPerSecond: [] },
    };
  }

  close(): void {}
}
