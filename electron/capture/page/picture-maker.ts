// Owns what one captured frame becomes: the port between the loop that reads frames and the ways to send them.
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import type { FramePlacement, MediaFrame } from '../../../shared/model/video.ts';
import type { FrameTimes } from './frame-description.ts';
import type { VideoMaker } from './video-maker.ts';

/** What a frame has brought. */
export interface Taken {
  /** Something on the screen has changed. */
  changed: boolean;
  /** In the order in which viewers have to get them. */
  frames: MediaFrame[];
  /** Or a whole picture in place of them; null when nothing has to be sent. */
  jpeg?: Uint8Array | null;
}

export interface PictureMakerOptions {
  video: VideoMaker;
  /** What is known of a frame's age when it was read at this moment and compared since. */
  timesOf(frame: VideoFrame, takenAtMs: number): FrameTimes;
  /** The picture, and the frames that it is taken from, have this size from now on. */
  onSize(size: Pick<FramePlacement, 'widthPx' | 'heightPx'>, frame: VideoFrame): void;
}

export interface PictureMaker {
  /** Where there is a part that is known before the first frame: what can be prepared for it. */
  prepare(): Promise<void>;
  /** Looks at a frame, which stays the caller's to close. Throws NoEncoderError, and what the platform throws. */
  take(frame: VideoFrame): Promise<Taken>;
  wantKey(): void;
  setBudget(budget: PictureBudget): void;
  pointerMoved(xPx: number, yPx: number): void;
  /** Nothing has moved for long: time to find out how fast the encoders are. The frame stays the caller's to close. */
  tryEncoders(frame: VideoFrame): Promise<void>;
  close(): void;
}

/** The size of the picture that a frame shows. Encoders take even sizes only: a last odd column or row is left out. */
export function evenSizeOf({ displayWidth, displayHeight }: VideoFrame): FramePlacement {
  return { xPx: 0, yPx: 0, widthPx: even(displayWidth), heightPx: even(displayHeight) };
}

function even(sidePx: number): number {
  return sidePx - (sidePx % 2);
}
