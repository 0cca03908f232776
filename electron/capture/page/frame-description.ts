// Owns describing what was made of a captured frame as the picture update that travels.
import type { FramePlacement, MediaFrame } from '../../../shared/model/video.ts';
import type { VideoPart } from './video-maker.ts';

/** When a frame's pixels were read, and how long what followed took. */
export interface FrameTimes {
  captureTimeUs: number;
  captureMs: number;
  compareMs: number;
  encodeMs?: number;
}

type Size = Pick<FramePlacement, 'widthPx' | 'heightPx'>;

/** Encoded video of a part (`placement`), or of the whole picture. */
export function videoFrame(
  { codec, codecString, key, data, encodeMs, layer }: VideoPart,
  placement: FramePlacement | null,
  size: Size,
  times: FrameTimes,
): MediaFrame {
  return {
    ...bare(size, { ...times, encodeMs }),
    codec,
    layer,
    // of two layers nothing builds on the upper one
    discardable: layer > 0,
    key: key && placement === null,
    configuration: key ? { codecString } : null,
    ...(placement ? { placement } : {}),
    data,
  };
}

/** A block of tiles that are not exact. */
export function tilesFrame(data: Uint8Array, key: boolean, size: Size, times: FrameTimes): MediaFrame {
  return {
    ...bare(size, times),
    codec: 'tiles',
    key,
    configuration: key ? { codecString: 'tiles' } : null,
    data,
  };
}

export function toRect({ xPx, yPx, widthPx, heightPx }: FramePlacement): DOMRectInit {
  return { x: xPx, y: yPx, width: widthPx, height: heightPx };
}

function bare({ widthPx, heightPx }: Size, { captureTimeUs, captureMs, compareMs, encodeMs = 0 }: FrameTimes) {
  const stages = { captureMs, compareMs, encodeMs, queueMs: 0 };
  return {
    discardable: false,
    captureTimeUs,
    durationUs: 0,
    widthPx,
    heightPx,
    layer: 0,
    exact: false,
    stages,
  } as const;
}
