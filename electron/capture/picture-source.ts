// Owns the picture port: what a session needs of whatever makes the pictures.
import type { TarnetError } from '../../shared/base/errors.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { PictureBudget } from '../../shared/model/picture-budget.ts';
import type { CursorShape, MediaFrame, VideoCodec } from '../../shared/model/video.ts';

export interface CursorUpdate {
  /** Pixels of the shared source. */
  xPx: number;
  yPx: number;
  visible: boolean;
  /** Null while the shape has not changed since the last update. */
  shape: CursorShape | null;
}

export interface PictureEvents {
  /** In the order of capture. The first after a start and after `requestKeyFrame` is, or ends with, a key frame. */
  onFrame(frame: MediaFrame): void;
  onCursor(update: CursorUpdate): void;
  /** The source is there, or it was resized, rotated or moved: where it is now. */
  onSource(source: CaptureSource): void;
  /** The picture does not work, and why; null when it works again. Never a silent black picture. */
  onProblem(error: TarnetError | null): void;
  /** Asked before anything is encoded: false while the link has not drained, so that nothing old is ever queued. */
  mayEncode(): boolean;
}

/** Captures and encodes one source while somebody watches. */
export interface PictureSource {
  /** Starts, or changes over to another source. Throws `capture-failed` when the source cannot be had. */
  start(sourceId: string, events: PictureEvents): Promise<void>;
  /** Stops everything; no work at all is done until the next start. */
  stop(): void;
  /** A viewer joined or lost the thread. */
  requestKeyFrame(): void;
  /** A viewer's input was injected: most changes follow input, so look at once. */
  viewerActed(): void;
  /** What every viewer in the room can decode, best first. */
  setDecoders(codecs: readonly VideoCodec[]): void;
  /** What the pictures may take from now on; kept over a new start. */
  setBudget(budget: PictureBudget): void;
}
