// Owns the connection to an X server: its damage, its pixels, its pointer. Protocols: X11, DAMAGE, XFIXES, MIT-SHM, RANDR.
import x11, {
  type Callback,
  type X11Display as Display,
  type X11Client,
  type X11Damage,
  type X11Extensions,
  type X11Fixes,
  type X11Segment,
  type X11Shm,
} from 'x11';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { TileRect } from '../../../shared/model/tiles.ts';

export const X11_LIMITS = {
  /** A server that answers nothing for this long is gone. */
  replyTimeoutMs: 5_000,
  /** Pixels of one grab. */
  maxGrabPixels: 16_384 * 8_192,
} as const;

export interface X11Events {
  /** Something was drawn since the last `takeDamage`. Told once until that is called. */
  onDamage(): void;
  /** The pointer has another shape. */
  onCursorShape(): void;
  /** The screen has another size, or its monitors moved. */
  onGeometry(): void;
  /** The connection is lost or makes no sense; nothing follows. */
  onLost(error: TarnetError): void;
}

export interface X11CursorShape {
  widthPx: number;
  heightPx: number;
  hotXPx: number;
  hotYPx: number;
  /** ARGB words, premultiplied. */
  argb: Uint32Array;
}

const Z_PIXMAP = 2;
const ALL_PLANES = 0xffff_ffff;
const BYTES_PER_PIXEL = 4;

/** Turns the package's callback style into a promise that cannot wait for ever. */
function reply<T>(what: string, call: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new TarnetError('timeout', `X server: no answer to ${what}`, { limit: `${X11_LIMITS.replyTimeoutMs} ms` }),
        ),
      X11_LIMITS.replyTimeoutMs,
    );
    call((error, result) => {
      clearTimeout(timer);
      if (error) reject(new TarnetError('capture-failed', `X server: ${what}: ${error.message}`, { cause: error }));
      else resolve(result);
      return true; // handled: the package raises it as an event otherwise
    });
  });
}

export class X11Display {
  readonly #client: X11Client;
  readonly #root: number;
  readonly #damageExtension: X11Damage;
  readonly #fixes: X11Fixes;
  readonly #shm: X11Shm | null;
  readonly #damage: number;
  readonly #region: number;
  #segment: X11Segment | null = null;
  #closed: boolean = false;

  private constructor(
    display: Display,
    root: number,
    parts: Pick<X11Extensions, 'damage' | 'fixes'> & { shm: X11Shm | null },
  ) {
    this.#client = display.client;
    this.#root = root;
    this.#damageExtension = parts.damage;
    this.#fixes = parts.fixes;
    this.#shm = parts.shm;
    this.#damage = this.#client.AllocID();
    this.#region = this.#client.AllocID();
  }

  /** True when pixels come through shared memory. */
  get sharedMemory(): boolean {
    return this.#shm !== null;
  }

  /**
   * Connects to a display such as `:0`. Throws `capture-failed` when there is no such server, and `not-supported` when
   * it lacks an extension or its pixels are not 32-bit words of blue, green, red.
   */
  static async open(name: string, events: X11Events): Promise<X11Display> {
    const display = await reply<Display>('connection', (callback) =>
      x11.createClient({ display: name }, (error, opened) => callback(error, opened)),
    );
    const client = display.client;
    const screen = display.screen[0];
    if (!screen) throw new TarnetError('not-supported', 'the X server has no screen');
    const visual = screen.depths[screen.root_depth]?.[screen.root_visual];
    const words = display.format[screen.root_depth]?.bits_per_pixel === 32 && display.image_byte_order === 0;
    if (!words || visual?.red_mask !== 0xff_0000 || visual.green_mask !== 0xff00 || visual.blue_mask !== 0xff) {
      client.terminate();
      throw new TarnetError('not-supported', `pixels of depth ${screen.root_depth} in an order of their own`);
    }
    const need = <Name extends keyof X11Extensions>(extension: Name): Promise<X11Extensions[Name]> =>
      reply<X11Extensions[Name]>(extension, (callback) => client.require(extension, callback)).catch(
        (cause: unknown) => {
          client.terminate();
          throw new TarnetError('not-supported', `the X server has no ${extension}`, { cause });
        },
      );
    // FIXES first: the server refuses regions of a client that has not told its version
    const fixes = await need('fixes');
    const damage = await need('damage');
    const randr = await need('randr');
    const shm = await reply('shm', (callback: Callback<X11Shm>) => client.require('shm', callback)).catch(() => null);
    const usable = shm !== null && (await reply<boolean>('shared memory', (callback) => shm.usable(callback)));

    const self = new X11Display(display, screen.root, { fixes, damage, shm: usable ? shm : null });
    client.on('event', (event) => {
      if (event.name === 'DamageNotify') events.onDamage();
      else if (event.name === 'CursorNotify') events.onCursorShape();
      else if (event.name === 'RRScreenChangeNotify') events.onGeometry();
    });
    const lost = (message: string, cause?: unknown) => {
      if (self.#closed) return;
      self.close();
      events.onLost(new TarnetError('capture-failed', message, { cause }));
    };
    client.on('error', (error) => lost(`X server: ${error.message}`, error));
    client.on('end', () => lost('the X server has closed the connection'));
    randr.SelectInput(screen.root, randr.NotifyMask.ScreenChange);
    fixes.SelectCursorInput(screen.root, fixes.CursorNotifyMask.DisplayCursor);
    fixes.CreateRegion(self.#region, []);
    damage.Create(self.#damage, screen.root, damage.ReportLevel.NonEmpty);
    return self;
  }

  /** What was drawn since the last call, in pixels of the whole screen; the next change is told by `onDamage` again. */
  async takeDamage(): Promise<TileRect[]> {
    this.#damageExtension.Subtract(this.#damage, 0, this.#region);
    const region = await reply<{ rectangles: { x: number; y: number; width: number; height: number }[] }>(
      'damage',
      (callback) => this.#fixes.FetchRegion(this.#region, callback),
    );
    return region.rectangles.map(({ x, y, width, height }) => ({ xPx: x, yPx: y, widthPx: width, heightPx: height }));
  }

  /**
   * The pixels of these rectangles of the screen, each row by row without gaps, one after the other; read in one go.
   * The result is valid until the next grab. Throws `capture-failed`, for example when the screen became smaller.
   */
  async grab(rects: readonly TileRect[]): Promise<Uint32Array<ArrayBuffer>> {
    const pixels = rects.reduce((sum, rect) => sum + rect.widthPx * rect.heightPx, 0);
    if (pixels > X11_LIMITS.maxGrabPixels)
      throw TarnetError.tooLarge('grab', pixels * BYTES_PER_PIXEL, X11_LIMITS.maxGrabPixels * BYTES_PER_PIXEL);
    return this.#shm ? this.#grabShared(this.#shm, rects, pixels) : this.#grabPlain(rects, pixels);
  }

  async size(): Promise<{ widthPx: number; heightPx: number }> {
    const geometry = await reply<{ width: number; height: number }>('geometry', (callback) =>
      this.#client.GetGeometry(this.#root, callback),
    );
    return { widthPx: geometry.width, heightPx: geometry.height };
  }

  /** Where the pointer is on the whole screen. */
  async pointer(): Promise<{ xPx: number; yPx: number }> {
    const pointer = await reply<{ rootX: number; rootY: number }>('pointer', (callback) =>
      this.#client.QueryPointer(this.#root, callback),
    );
    return { xPx: pointer.rootX, yPx: pointer.rootY };
  }

  async cursorShape(): Promise<X11CursorShape> {
    const image = await reply('cursor', this.#fixes.GetCursorImage);
    const argb = new Uint32Array(image.width * image.height);
    new Uint8Array(argb.buffer).set(image.cursorImage);
    return { widthPx: image.width, heightPx: image.height, hotXPx: image.xhot, hotYPx: image.yhot, argb };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.terminate();
  }

  async #grabShared(shm: X11Shm, rects: readonly TileRect[], pixels: number): Promise<Uint32Array<ArrayBuffer>> {
    const segment = await this.#segmentOf(shm, pixels * BYTES_PER_PIXEL);
    let offset = 0;
    const replies = rects.map((rect) => {
      const at = offset;
      offset += rect.widthPx * rect.heightPx * BYTES_PER_PIXEL;
      return reply<{ size: number }>('image', (callback) =>
        shm.GetImage(
          this.#root,
          rect.xPx,
          rect.yPx,
          rect.widthPx,
          rect.heightPx,
          ALL_PLANES,
          Z_PIXMAP,
          segment.shmseg,
          at,
          callback,
        ),
      );
    });
    await Promise.all(replies);
    segment.readback(0, offset);
    return new Uint32Array(segment.buffer.buffer, segment.buffer.byteOffset, pixels);
  }

  async #segmentOf(shm: X11Shm, sizeBytes: number): Promise<X11Segment> {
    const existing = this.#segment;
    if (existing && existing.size >= sizeBytes) return existing;
    existing?.detach();
    const { widthPx, heightPx } = await this.size();
    const wanted = Math.max(sizeBytes, widthPx * heightPx * BYTES_PER_PIXEL);
    this.#segment = await reply<X11Segment>('shared memory', (callback) => shm.createSegment(wanted, callback));
    return this.#segment;
  }

  async #grabPlain(rects: readonly TileRect[], pixels: number): Promise<Uint32Array<ArrayBuffer>> {
    const all = new Uint32Array(pixels);
    const bytes = new Uint8Array(all.buffer);
    const images = await Promise.all(
      rects.map((rect) =>
        reply<{ data: Uint8Array }>('image', (callback) =>
          this.#client.GetImage(
            Z_PIXMAP,
            this.#root,
            rect.xPx,
            rect.yPx,
            rect.widthPx,
            rect.heightPx,
            ALL_PLANES,
            callback,
          ),
        ),
      ),
    );
    let offset = 0;
    for (const image of images) {
      bytes.set(image.data, offset);
      offset += image.data.length;
    }
    return all;
  }
}
