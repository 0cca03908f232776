// Owns the port to whole pictures: what a host without encryption needs of whatever makes them.
import type { TarnetError } from '../../../shared/base/errors.ts';
import type { CaptureSource } from '../../../shared/model/capture-source.ts';

export interface PlainPictureEvents {
  /** A whole JPEG file. None follows before `next`. */
  onPicture(jpeg: Uint8Array): void;
  /** The source is there, or it was resized or moved: where it is now. */
  onSource(source: CaptureSource): void;
  /** Why there is no picture; null when there is one again. */
  onProblem(error: TarnetError | null): void;
}

export interface PlainPictures {
  /** Starts, or changes over to another source. */
  start(sourceId: string, events: PlainPictureEvents): void;
  /** The picture that came has gone: the newest one may follow, as soon as something has changed. */
  next(): void;
  /** One more picture, whether anything has changed or not. */
  refresh(): void;
  /** A viewer's input was injected: most changes follow input, so look at once. */
  viewerActed(): void;
  stop(): void;
}
