// Owns exact snapshots of a source: Chromium's captured frames have halved colours, its thumbnails have every pixel.
import type { DesktopCapturer } from 'electron';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { CaptureSource } from '../../../shared/model/capture-source.ts';

export interface DesktopSnapshot {
  /** Blue, green, red and one more byte to a pixel, row by row; its memory is the receiver's. */
  pixels: Uint8Array<ArrayBuffer>;
  widthPx: number;
  heightPx: number;
}

/** Takes a snapshot of a source of this size. Throws `capture-failed` when there is none, or of another size. */
export type TakeSnapshot = (
  source: Pick<CaptureSource, 'id' | 'kind'>,
  size: { widthPx: number; heightPx: number },
) => Promise<DesktopSnapshot>;

/** True where a snapshot costs the user a question: a Wayland desktop asks each time what may be seen. */
export function snapshotsAreAsked(platform: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return platform === 'linux' && (!!env.WAYLAND_DISPLAY || env.XDG_SESSION_TYPE === 'wayland');
}

/** Snapshots by Electron's list of sources. */
export function desktopSnapshots(capturer: Pick<DesktopCapturer, 'getSources'>): TakeSnapshot {
  return async ({ id, kind }, { widthPx, heightPx }) => {
    const sources = await capturer.getSources({
      types: [kind === 'display' ? 'screen' : 'window'],
      thumbnailSize: { width: widthPx, height: heightPx },
    });
    const source = sources.find((candidate) => candidate.id === id);
    if (!source || source.thumbnail.isEmpty()) throw new TarnetError('capture-failed', `no snapshot of ${id}`);
    const { width, height } = source.thumbnail.getSize();
    // scaled, it would not be exact
    if (width !== widthPx || height !== heightPx)
      throw new TarnetError('capture-failed', `the snapshot has another size: ${width}x${height}`);
    return {
      // a copy (2 ms at 1920x1080): memory that came from Electron must not be handed to a thread
      pixels: Uint8Array.from(source.thumbnail.toBitmap()),
      widthPx,
      heightPx,
    };
  };
}
