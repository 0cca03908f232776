// Owns what tests and benches do to an X screen: windows and pixels of their own, synthetic input, and looking at what is shown.
import x11, { type Callback, type X11Client, type X11Damage, type X11Display, type X11XTest } from 'x11';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Pixels as X has them at depth 24: blue, green, red and an unused byte; rows without gaps. */
export interface Bgrx {
  width: number;
  height: number;
  bytes: Buffer;
}

export interface Rgb {
  red: number;
  green: number;
  blue: number;
}

/** What a window of ours was told. */
export interface WindowInput {
  kind: 'key' | 'button';
  /** Keycode, or number of the button: 4 and 5 are the wheel, 6 and 7 the wheel sideways. */
  detail: number;
  pressed: boolean;
  x: number;
  y: number;
}

const INPUT_EVENTS: Readonly<Record<string, Pick<WindowInput, 'kind' | 'pressed'>>> = {
  KeyPress: { kind: 'key', pressed: true },
  KeyRelease: { kind: 'key', pressed: false },
  ButtonPress: { kind: 'button', pressed: true },
  ButtonRelease: { kind: 'button', pressed: false },
};

const Z_PIXMAP = 2;
const ALL_PLANES = 0xffff_ffff;
const DEPTH = 24;
const INPUT_OUTPUT = 1;
const REVERT_TO_POINTER_ROOT = 1;
const CURRENT_TIME = 0;
const NO_WINDOW = 0;
const POINTER_ROOT = 1;
const VIEWABLE = 2;
const REPLY_TIMEOUT_MS = 10_000;
/** One upload request; larger pictures go in strips. */
const MAX_UPLOAD_BYTES = 1 << 20;
const BYTES_PER_PIXEL = 4;

export class XScreen {
  readonly width: number;
  readonly height: number;
  readonly root: number;
  readonly #client: X11Client;
  readonly #xtest: X11XTest;
  readonly #damage: X11Damage;
  readonly #gc: number;
  readonly #textGc: number;
  readonly #keycodes: ReadonlyMap<number, number>;
  #onDamage: () => void = () => {};
  #onInput: (input: WindowInput) => void = () => {};

  private constructor(display: X11Display, xtest: X11XTest, damage: X11Damage, keycodes: ReadonlyMap<number, number>) {
    const screen = display.screen[0];
    if (!screen) throw new Error('the X server has no screen');
    this.#client = display.client;
    this.#xtest = xtest;
    this.#damage = damage;
    this.#keycodes = keycodes;
    this.root = screen.root;
    this.width = screen.pixel_width;
    this.height = screen.pixel_height;
    this.#gc = this.#client.AllocID();
    this.#client.CreateGC(this.#gc, this.root, { graphicsExposures: 0 });
    const font = this.#client.AllocID();
    this.#client.OpenFont(font, 'fixed');
    this.#textGc = this.#client.AllocID();
    this.#client.CreateGC(this.#textGc, this.root, { font });
    this.#client.on('event', (event) => {
      if (event.name === 'DamageNotify') this.#onDamage();
      const input = INPUT_EVENTS[event.name];
      if (input) this.#onInput({ ...input, detail: event.keycode, x: event.x, y: event.y });
    });
  }

  /** Connects to an X server, such as `:7`. Throws when it cannot be reached or lacks XTEST or DAMAGE. */
  static async connect(display: string): Promise<XScreen> {
    const options = { display, bufferRequests: true };
    const connected = await new Promise<X11Display>((resolve, reject) => {
      const client = x11.createClient(options, (error, value) => (error ? reject(error) : resolve(value)));
      client.on('error', (error) => reject(error));
    });
    const client = connected.client;
    const first = connected.min_keycode;
    const rows = await answer<number[][]>('GetKeyboardMapping', (done) =>
      client.GetKeyboardMapping(first, connected.max_keycode - first + 1, done),
    );
    const keycodes = new Map<number, number>();
    rows.forEach(([keysym = 0], index) => {
      if (keysym !== 0 && !keycodes.has(keysym)) keycodes.set(keysym, first + index);
    });
    const xtest = await answer<X11XTest>('XTEST', (done) => client.require('xtest', done));
    const damage = await answer<X11Damage>('DAMAGE', (done) => client.require('damage', done));
    return new XScreen(connected, xtest, damage, keycodes);
  }

  close(): void {
    this.#client.terminate();
  }

  /** Resolves when the server has done everything asked of it so far. */
  settle(): Promise<void> {
    return answer<void>('sync', (done) => this.#client.sync(done));
  }

  /** Errors of requests and the loss of the server, which come later than the call that caused them. */
  onError(listener: (error: Error) => void): void {
    this.#client.on('error', listener);
  }

  createPixmap(width: number, height: number): number {
    const id = this.#client.AllocID();
    this.#client.CreatePixmap(id, this.root, DEPTH, width, height);
    return id;
  }

  freePixmap(id: number): void {
    this.#client.FreePixmap(id);
  }

  /** Puts a picture into a pixmap or window, in strips. */
  upload(drawable: number, picture: Bgrx, x: number = 0, y: number = 0): void {
    const rowBytes = picture.width * BYTES_PER_PIXEL;
    const rowsAtOnce = Math.max(1, Math.floor(MAX_UPLOAD_BYTES / rowBytes));
    for (let top = 0; top < picture.height; top += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, picture.height - top);
      const strip = picture.bytes.subarray(top * rowBytes, (top + rows) * rowBytes);
      this.#client.PutImage(Z_PIXMAP, drawable, this.#gc, picture.width, rows, x, y + top, 0, DEPTH, strip);
    }
  }

  fill(drawable: number, rects: readonly Rect[], colour: Rgb): void {
    this.#client.ChangeGC(this.#gc, { foreground: pixelOf(colour) });
    const coordinates = rects.flatMap((rect) => [rect.x, rect.y, rect.width, rect.height]);
    this.#client.PolyFillRectangle(drawable, this.#gc, coordinates);
  }

  /** Copies `from` of one drawable to the point `x`, `y` of another. One request, so that it is seen whole or not at all. */
  copy(source: number, from: Rect, target: number, x: number, y: number): void {
    this.#client.CopyArea(source, target, this.#gc, from.x, from.y, x, y, from.width, from.height);
  }

  /** Draws text with the font that every X server has (6 by 13 pixels a letter); `y` is the baseline. */
  drawText(drawable: number, x: number, y: number, text: string, ink: Rgb, paper: Rgb): void {
    const client = this.#client;
    client.ChangeGC(this.#textGc, { foreground: pixelOf(ink), background: pixelOf(paper) });
    client.ImageText8(drawable, this.#textGc, x, y, text);
  }

  /** Opens a window without frame, so that it needs no window manager; it reports its keys and buttons to `onInput`. */
  openWindow(rect: Rect, background: { colour: Rgb } | { pixmap: number }): number {
    const client = this.#client;
    const mask = client.eventMask;
    const id = client.AllocID();
    client.CreateWindow(id, this.root, rect.x, rect.y, rect.width, rect.height, 0, DEPTH, INPUT_OUTPUT, 0, {
      ...('pixmap' in background
        ? { backgroundPixmap: background.pixmap }
        : { backgroundPixel: pixelOf(background.colour) }),
      overrideRedirect: 1,
      eventMask: mask.KeyPress | mask.KeyRelease | mask.ButtonPress | mask.ButtonRelease,
    });
    client.MapWindow(id);
    return id;
  }

  /** Shows no pointer while it is over a window. */
  hidePointerOver(window: number): void {
    const client = this.#client;
    const [mask, gc, cursor] = [client.AllocID(), client.AllocID(), client.AllocID()];
    client.CreatePixmap(mask, this.root, 1, 1, 1);
    client.CreateGC(gc, mask, { foreground: 0 });
    client.PolyFillRectangle(mask, gc, [0, 0, 1, 1]);
    const black = { R: 0, G: 0, B: 0 };
    client.CreateCursor(cursor, mask, mask, black, black, 0, 0);
    client.ChangeWindowAttributes(window, { cursor });
  }

  moveWindow(window: number, x: number, y: number): void {
    this.#client.ConfigureWindow(window, { x, y });
  }

  raiseWindow(window: number): void {
    this.#client.RaiseWindow(window);
  }

  closeWindow(window: number): void {
    this.#client.DestroyWindow(window);
  }

  /** Gives the desktop itself a picture. */
  setWallpaper(pixmap: number): void {
    this.#client.ChangeWindowAttributes(this.root, { backgroundPixmap: pixmap });
    this.#client.ClearArea(this.root, 0, 0, 0, 0, 0);
  }

  /** Lets the keyboard talk to a window; with none, to the topmost of those that cover at least half of the screen. */
  async focus(window?: number): Promise<void> {
    const target = window ?? (await this.#topWindow());
    if (target === undefined) throw new Error('there is no window to give the keyboard to');
    this.#client.SetInputFocus(target, REVERT_TO_POINTER_ROOT);
    await this.settle();
  }

  /** Lets the keyboard talk to whatever window is under the pointer. */
  focusFollowsPointer(): void {
    this.#client.SetInputFocus(POINTER_ROOT, REVERT_TO_POINTER_ROOT);
  }

  async #topWindow(): Promise<number | undefined> {
    const client = this.#client;
    const tree = await answer<{ children: number[] }>('QueryTree', (done) => client.QueryTree(this.root, done));
    for (const window of tree.children.reverse()) {
      const { mapState } = await answer<{ mapState: number }>('GetWindowAttributes', (done) =>
        client.GetWindowAttributes(window, done),
      );
      const { width, height } = await answer<{ width: number; height: number }>('GetGeometry', (done) =>
        client.GetGeometry(window, done),
      );
      if (mapState === VIEWABLE && width * height * 2 >= this.width * this.height) return window;
    }
    return undefined;
  }

  /** The pixels shown in a rectangle. */
  async grab(rect: Rect): Promise<Bgrx> {
    const image = await answer<{ data: Uint8Array<ArrayBuffer> }>('GetImage', (done) =>
      this.#client.GetImage(Z_PIXMAP, this.root, rect.x, rect.y, rect.width, rect.height, ALL_PLANES, done),
    );
    const bytes = Buffer.from(image.data.buffer, image.data.byteOffset, rect.width * rect.height * BYTES_PER_PIXEL);
    return { width: rect.width, height: rect.height, bytes };
  }

  /** Presses or releases the key that bears this keysym without modifiers, as a keyboard would (XTEST). */
  key(keysym: number, pressed: boolean): void {
    const keycode = this.keycodeOf(keysym);
    const type = pressed ? this.#xtest.KeyPress : this.#xtest.KeyRelease;
    this.#xtest.FakeInput(type, keycode, CURRENT_TIME, NO_WINDOW, 0, 0);
  }

  button(button: number, pressed: boolean): void {
    const type = pressed ? this.#xtest.ButtonPress : this.#xtest.ButtonRelease;
    this.#xtest.FakeInput(type, button, CURRENT_TIME, NO_WINDOW, 0, 0);
  }

  movePointer(x: number, y: number): void {
    this.#xtest.FakeInput(this.#xtest.MotionNotify, 0, CURRENT_TIME, this.root, x, y);
  }

  keycodeOf(keysym: number): number {
    const keycode = this.#keycodes.get(keysym);
    if (keycode === undefined) throw new Error(`no key bears keysym 0x${keysym.toString(16)}`);
    return keycode;
  }

  /** The keycodes that are down now. */
  async keysDown(): Promise<number[]> {
    const bits = await answer<Uint8Array>('QueryKeymap', (done) => this.#client.QueryKeymap(done));
    return Array.from({ length: 256 }, (_, keycode) => keycode).filter(
      (keycode) => ((bits[keycode >> 3] ?? 0) >> (keycode & 7)) & 1,
    );
  }

  /** Where the pointer is, and which of the buttons 1 to 5 are down. */
  async pointer(): Promise<{ x: number; y: number; buttons: number[] }> {
    const it = await answer<{ rootX: number; rootY: number; keyMask: number }>('QueryPointer', (done) =>
      this.#client.QueryPointer(this.root, done),
    );
    return {
      x: it.rootX,
      y: it.rootY,
      buttons: [1, 2, 3, 4, 5].filter((button) => (it.keyMask >> (7 + button)) & 1),
    };
  }

  onInput(listener: (input: WindowInput) => void): void {
    this.#onInput = listener;
  }

  /**
   * Tells when anything on the screen is drawn: once, then not again until the returned function is called
   * (DAMAGE, report level NonEmpty).
   */
  watchDamage(listener: () => void): () => void {
    const client = this.#client;
    const id = client.AllocID();
    this.#onDamage = listener;
    this.#damage.Create(id, this.root, this.#damage.ReportLevel.NonEmpty);
    return () => this.#damage.Subtract(id, 0, 0);
  }
}

function pixelOf(colour: Rgb): number {
  return (colour.red << 16) | (colour.green << 8) | colour.blue;
}

/** Turns the package's callback into a promise that cannot wait for ever. */
function answer<T>(what: string, ask: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`X server: no answer to ${what}`)), REPLY_TIMEOUT_MS);
    ask((error, value) => {
      clearTimeout(timer);
      if (error) reject(new Error(`X server: ${what}: ${error.message}`, { cause: error }));
      else resolve(value);
      return true;
    });
  });
}
