// Owns the port of one way to make pictures of one source: by X11 damage, or by the capture page alone.
import type { TarnetError } from '../../shared/base/errors.ts';
import type { PictureBudget } from '../../shared/model/picture-budget.ts';
import type { MediaFrame, VideoCodec } from '../../shared/model/video.ts';
import type { CursorUpdate } from './picture-source.ts';

export interface PictureRunEvents {
  onFrame(frame: MediaFrame): void;
  onCursor(update: CursorUpdate): void;
  mayEncode(): boolean;
  /** The source may have another size or place. */
  onGeometry(): void;
  /** Nothing follows. */
  onFailed(error: TarnetError): void;
}

/** Makes pictures from its start until `stop`, or until it has told that it failed. */
export interface PictureRun {
  requestKeyFrame(): void;
  viewerActed(): void;
  setDecoders(codecs: readonly VideoCodec[]): void;
  setBudget(budget: PictureBudget): void;
  stop(): void;
}
