import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PaintReport, PictureTrouble } from '../../shared/ipc/media.ts';
import { encodeTileBlock } from '../../shared/model/tiles.ts';
import type { MediaFrame } from '../../shared/model/video.ts';
import { PAINTER_LIMITS, PicturePainter } from './picture-painter.ts';

/** A frame of a fake decoder; counts who has not closed it. */
class FakeFrame {
  static open = 0;
  readonly format = 'I420';
  readonly visibleRect = { x: 0, y: 0, width: 64, height: 48 };
  readonly timestamp: number;

  constructor(timestamp: number) {
    this.timestamp = timestamp;
    FakeFrame.open += 1;
  }

  close(): void {
    FakeFrame.open -= 1;
  }

  async copyTo(target: Uint8ClampedArray): Promise<void> {
    target[0] = this.timestamp & 0xff;
  }
}

class FakeDecoder {
  static latest: FakeDecoder | null = null;
  state = 'unconfigured';
  decodeQueueSize = 0;
  readonly chunks: { type: string; timestamp: number }[] = [];
  readonly configs: unknown[] = [];
  readonly #init: { output: (frame: unknown) => void; error: (error: unknown) => void };

  constructor(init: { output: (frame: unknown) => void; error: (error: unknown) => void }) {
    this.#init = init;
    FakeDecoder.latest = this;
  }

  configure(config: { codec: string }): void {
    if (config.codec === 'unheard of') throw Object.assign(new Error('no'), { name: 'NotSupportedError' });
    this.state = 'configured';
    this.configs.push(config);
  }

  decode(chunk: { type: string; timestamp: number }): void {
    this.chunks.push(chunk);
  }

  close(): void {
    this.state = 'closed';
  }

  /** Gives out the frame of the nth chunk. */
  output(index: number): void {
    this.#init.output(new FakeFrame(this.chunks[index]!.timestamp));
  }

  fail(name = 'EncodingError'): void {
    this.state = 'closed';
    this.#init.error(Object.assign(new Error('broken'), { name }));
  }
}

class FakeImageData {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(first: Uint8ClampedArray | number, width: number, height?: number) {
    this.data = typeof first === 'number' ? new Uint8ClampedArray(first * width * 4) : first;
    this.width = typeof first === 'number' ? first : width;
    this.height = typeof first === 'number' ? width : (height ?? 0);
  }
}

function setUp() {
  const painted: string[] = [];
  const troubles: PictureTrouble[] = [];
  const reports: PaintReport[] = [];
  const sizes: string[] = [];
  const context = {
    putImageData: (image: FakeImageData, x: number, y: number) => {
      painted.push(image.width === 64 ? `video ${image.data[0]} at ${x},${y}` : `tile ${image.data[0]} at ${x},${y}`);
    },
  };
  const canvas = { width: 300, height: 150, getContext: () => context };
  const painter = new PicturePainter(canvas as unknown as HTMLCanvasElement, {
    onTrouble: (trouble) => troubles.push(trouble),
    onReport: (report) => reports.push(report),
    onSize: (width, height) => sizes.push(`${width}x${height}`),
  });
  let seq = 0;
  const deliver = (changes: Partial<MediaFrame>) => {
    seq += 1;
    const frame: MediaFrame = {
      codec: 'av1',
      key: false,
      discardable: false,
      configuration: null,
      captureTimeUs: 0,
      durationUs: 0,
      widthPx: 64,
      heightPx: 48,
      layer: 0,
      exact: false,
      data: new Uint8Array(1),
      ...changes,
    };
    painter.deliver({ frame, seq, receivedAtMs: 0, sizeBytes: 100 });
  };
  const key = (codecString = 'av01') => deliver({ key: true, configuration: { codecString } });
  const tile = (value: number, more: Partial<MediaFrame> = {}) =>
    deliver({
      codec: 'tiles',
      data: encodeTileBlock({
        rects: [{ xPx: 1, yPx: 2, widthPx: 2, heightPx: 2 }],
        pixels: { coding: 'palette', deflated: false, data: Uint8Array.of(0, value, value, value) },
      }),
      ...more,
    });
  return { painted, troubles, reports, sizes, canvas, painter, deliver, key, tile };
}

const decoder = () => FakeDecoder.latest!;

describe('PicturePainter', () => {
  let world: ReturnType<typeof setUp>;
  beforeEach(() => {
    vi.stubGlobal('VideoDecoder', FakeDecoder);
    vi.stubGlobal(
      'EncodedVideoChunk',
      class {
        constructor(init: object) {
          Object.assign(this, init);
        }
      },
    );
    vi.stubGlobal('ImageData', FakeImageData);
    FakeFrame.open = 0;
    FakeDecoder.latest = null;
    world = setUp();
  });
  afterEach(() => {
    world.painter.close();
    expect(FakeFrame.open).toBe(0);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('tells the size, paints what comes, and reports it', async () => {
    const { key, tile, painted, reports, sizes, painter } = world;
    key();
    decoder().output(0);
    await vi.waitFor(() => expect(painted).toEqual(['video 1 at 0,0']));
    tile(7, { exact: true });
    await vi.waitFor(() => expect(painted).toEqual(['video 1 at 0,0', 'tile 7 at 1,2']));
    expect(sizes).toEqual(['64x48']);
    expect(painter.statistics()).toMatchObject({ exact: true, codec: 'tiles', paintedFrames: 2, widthPx: 64 });
    await vi.waitFor(() => expect(reports.at(-1)).toMatchObject({ seq: 2, paintedFrames: 2, queuedFrames: 0 }));
  });

  it('paints tiles only after the video that came before them', async () => {
    const { key, tile, painted } = world;
    key();
    tile(7);
    await new Promise((resolve) => setImmediate(resolve));
    expect(painted).toEqual([]);
    decoder().output(0);
    await vi.waitFor(() => expect(painted).toEqual(['video 1 at 0,0', 'tile 7 at 1,2']));
  });

  it('paints the parts of one picture together, or what has come when the rest takes long', async () => {
    const { tile, key, painted } = world;
    const part = (value: number, more: boolean) =>
      tile(value, {
        data: encodeTileBlock({
          rects: [{ xPx: 1, yPx: 2, widthPx: 2, heightPx: 2 }],
          pixels: { coding: 'palette', deflated: false, data: Uint8Array.of(0, value, value, value) },
          ...(more && { more }),
        }),
      });
    key();
    decoder().output(0);
    await vi.waitFor(() => expect(painted).toHaveLength(1));
    part(1, true);
    await new Promise((resolve) => setImmediate(resolve));
    part(2, true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(painted).toHaveLength(1);
    part(3, false);
    await vi.waitFor(() => expect(painted.slice(1)).toEqual([1, 2, 3].map((value) => `tile ${value} at 1,2`)));
    part(4, true);
    await vi.waitFor(() => expect(painted).toHaveLength(5));
  });

  it('draws a part where it belongs, and configures a decoder for each size', async () => {
    const { deliver, painted } = world;
    const placement = { xPx: 100, yPx: 50, widthPx: 64, heightPx: 48 };
    deliver({ widthPx: 640, heightPx: 480, configuration: { codecString: 'av01' }, placement });
    deliver({ widthPx: 640, heightPx: 480, placement });
    expect(decoder().chunks.map(({ type }) => type)).toEqual(['key', 'delta']);
    decoder().output(0);
    await vi.waitFor(() => expect(painted).toEqual(['video 1 at 100,50']));
    deliver({
      widthPx: 640,
      heightPx: 480,
      configuration: { codecString: 'av01' },
      placement: { ...placement, widthPx: 32 },
    });
    expect(decoder().configs).toHaveLength(2);
    decoder().output(1);
  });

  it('skips frames that no decoder is configured for, and asks only when that goes on', () => {
    vi.useFakeTimers();
    const { deliver, troubles, painter } = world;
    deliver({});
    deliver({});
    expect(troubles).toEqual([]);
    vi.advanceTimersByTime(PAINTER_LIMITS.askAfterSkippingMs);
    deliver({});
    expect(troubles).toMatchObject([{ kind: 'need-key-frame', codec: 'av1' }]);
    expect(painter.statistics().droppedFrames).toBe(3);
  });

  it('gives up on a queue that is too long, and starts again with the next configuration', async () => {
    const { key, deliver, troubles, painted } = world;
    key();
    deliver({});
    decoder().decodeQueueSize = PAINTER_LIMITS.skipDiscardableAt;
    deliver({ discardable: true });
    expect(decoder().chunks).toHaveLength(2);
    decoder().decodeQueueSize = PAINTER_LIMITS.maxDecodeQueue + 1;
    deliver({});
    expect(troubles).toMatchObject([{ kind: 'need-key-frame' }]);
    const old = decoder();
    old.output(1);
    key();
    expect(decoder()).not.toBe(old);
    decoder().output(0);
    await vi.waitFor(() => expect(painted).toHaveLength(1));
  });

  it('is bounded when a decoder never answers', () => {
    const { key, tile, deliver, troubles } = world;
    key();
    for (let i = 0; i < PAINTER_LIMITS.maxWaiting * 3; i++) {
      tile(1);
      deliver({});
    }
    expect(troubles.filter(({ kind }) => kind === 'need-key-frame')).toHaveLength(1);
    expect(decoder().chunks.length).toBeLessThanOrEqual(PAINTER_LIMITS.maxWaiting);
  });

  it('takes one decoder error for a broken frame, two for a broken codec, and an unknown codec for what it is', () => {
    vi.useFakeTimers();
    const { key, troubles } = world;
    key();
    decoder().fail();
    expect(troubles).toMatchObject([{ kind: 'need-key-frame', codec: 'av1' }]);
    key();
    decoder().fail();
    expect(troubles.at(-1)).toMatchObject({ kind: 'codec-failed', codec: 'av1', detail: 'EncodingError: broken' });
    key('unheard of');
    expect(troubles.at(-1)).toMatchObject({ kind: 'codec-failed' });
    expect(troubles).toHaveLength(3);
  });

  it('asks for a key frame later when it asked just now, for a still screen would not remind it', () => {
    vi.useFakeTimers();
    const { key, deliver, troubles } = world;
    key();
    decoder().fail();
    deliver({ codec: 'h264', key: true, configuration: { codecString: 'avc1' } });
    decoder().fail();
    expect(troubles).toHaveLength(1);
    vi.advanceTimersByTime(PAINTER_LIMITS.askAgainMs);
    expect(troubles.at(-1)).toMatchObject({ kind: 'need-key-frame', codec: 'h264' });
  });

  it('changes over to software when a decoder holds frames back, and gives the codec up when that does too', () => {
    vi.useFakeTimers();
    const { key, troubles } = world;
    key();
    vi.advanceTimersByTime(PAINTER_LIMITS.heldBackMs);
    expect(troubles).toMatchObject([{ kind: 'need-key-frame' }]);
    key();
    expect(decoder().configs).toMatchObject([{ hardwareAcceleration: 'prefer-software' }]);
    vi.advanceTimersByTime(PAINTER_LIMITS.heldBackMs);
    expect(troubles.at(-1)).toMatchObject({ kind: 'codec-failed' });
  });

  it('calls the picture exact only while nothing was lost since the last whole picture', async () => {
    const { key, tile, deliver, painter, painted } = world;
    key();
    decoder().output(0);
    decoder().fail();
    tile(7, { exact: true });
    await vi.waitFor(() => expect(painted).toHaveLength(2));
    expect(painter.statistics().exact).toBe(true);
    key();
    deliver({});
    decoder().fail();
    tile(8, { exact: true });
    await vi.waitFor(() => expect(painted).toHaveLength(3));
    expect(painter.statistics().exact).toBe(false);
    tile(9, { exact: true, key: true });
    await vi.waitFor(() => expect(painted).toHaveLength(4));
    expect(painter.statistics().exact).toBe(true);
  });

  it('asks for a key frame when tiles are broken, and goes on', async () => {
    const { deliver, tile, troubles, painted } = world;
    deliver({ codec: 'tiles', data: new Uint8Array(3) });
    await vi.waitFor(() => expect(troubles).toMatchObject([{ kind: 'need-key-frame', codec: 'tiles' }]));
    tile(5);
    await vi.waitFor(() => expect(painted).toEqual(['tile 5 at 1,2']));
  });

  it('closes what is still being decoded when it is closed', () => {
    const { key, painter } = world;
    key();
    painter.close();
    decoder().output(0);
    expect(FakeFrame.open).toBe(0);
  });
});
