// Owns one WebCodecs decoder at a time: chunks go in, frames come out under the number of their chunk.

export interface VideoFrameChunk {
  id: number;
  /** True when a decoder can start with it. */
  key: boolean;
  data: Uint8Array;
}

export interface VideoDecodingEvents {
  /** A decoded frame, which is the receiver's to close. */
  onFrame(id: number, frame: VideoFrame): void;
  /** The decoder is broken and gone; `unsupported` when it could never have worked. */
  onError(message: string, unsupported: boolean): void;
}

export class VideoDecoding {
  readonly #events: VideoDecodingEvents;
  #decoder: VideoDecoder | null = null;

  constructor(events: VideoDecodingEvents) {
    this.#events = events;
  }

  get isConfigured(): boolean {
    return this.#decoder?.state === 'configured';
  }

  /** Chunks that the decoder has not begun with. */
  get queueSize(): number {
    return this.#decoder?.decodeQueueSize ?? 0;
  }

  /** Frames of chunks that were fed before still come out. */
  configure(config: VideoDecoderConfig): void {
    this.#guarded(() => {
      this.#decoder ??= this.#create();
      this.#decoder.configure(config);
    });
  }

  /** Ids have to grow: they travel through the decoder as time stamps. */
  decode(chunk: VideoFrameChunk): void {
    this.#guarded(() => {
      this.#decoder?.decode(
        new EncodedVideoChunk({
          type: chunk.key ? 'key' : 'delta',
          timestamp: chunk.id,
          data: chunk.data,
        }),
      );
    });
  }

  /** Throws away everything that is being decoded; the next frame needs a configuration. */
  reset(): void {
    const decoder = this.#decoder;
    this.#decoder = null;
    if (decoder && decoder.state !== 'closed') decoder.close();
  }

  #create(): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (decoder === this.#decoder) this.#events.onFrame(frame.timestamp, frame);
        else frame.close();
      },
      error: (error) => {
        if (decoder === this.#decoder) this.#fail(error);
      },
    });
    return decoder;
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.reset();
    const { name, message } = error instanceof Error ? error : { name: 'unknown', message: String(error) };
    this.#events.onError(`${name}: ${message}`, name === 'NotSupportedError' || name === 'TypeError');
  }
}
