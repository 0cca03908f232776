// Owns the stream of captured frames of one desktop source.

/** Chromium's own constraints for a desktop source; they are not in the standard's types. */
interface DesktopConstraints {
  mandatory: {
    chromeMediaSource: 'desktop';
    chromeMediaSourceId: string;
    minFrameRate: number;
    maxFrameRate: number;
    maxWidth: number;
    maxHeight: number;
  };
}

/** Not in TypeScript's DOM library: https://w3c.github.io/mediacapture-transform/ */
declare class MediaStreamTrackProcessor {
  constructor(options: { track: MediaStreamTrack; maxBufferSize: number });
  readonly readable: ReadableStream<VideoFrame>;
}

const MAX_SIDE_PX = 16_384;

export class DesktopStream {
  readonly #track: MediaStreamTrack;
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;

  private constructor(track: MediaStreamTrack) {
    this.#track = track;
    // one frame is kept at most: the newest replaces an older one
    const processor = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
    this.#reader = processor.readable.getReader();
  }

  /** Opens a source at its native size. Throws what the platform throws. */
  static async open(sourceId: string, framesPerSecond: number): Promise<DesktopStream> {
    const video: MediaTrackConstraints & DesktopConstraints = {
      mandatory: {
        chromeMediaSource: 'desktop',
        chromeMediaSourceId: sourceId,
        minFrameRate: framesPerSecond,
        maxFrameRate: framesPerSecond,
        maxWidth: MAX_SIDE_PX,
        maxHeight: MAX_SIDE_PX,
      },
    };
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    const [track] = stream.getVideoTracks();
    if (!track) throw new Error('the source has no picture');
    return new DesktopStream(track);
  }

  /** The newest frame, for its receiver to close; null when the source has ended. */
  async read(): Promise<VideoFrame | null> {
    const { done, value } = await this.#reader.read();
    return done ? null : value;
  }

  /** How often the source is captured: it costs the same whether anything changes or not. */
  async setFramesPerSecond(framesPerSecond: number): Promise<void> {
    await this.#track.applyConstraints({ frameRate: framesPerSecond });
  }

  close(): void {
    this.#track.stop();
    this.#reader.cancel().catch(() => undefined);
  }
}
