// Owns the connection to an X server: the few requests that injection needs, typed, with every reply parsed.
import * as v from 'valibot';
import x11 from 'x11';
import { TarnetError } from '../../../shared/base/errors.ts';

/** X modifier masks. */
export const MODIFIER = { shift: 1, lock: 2, control: 4 } as const;

/** FakeInput event types (XTEST protocol, 2.2). */
const FAKE = { keyPress: 2, keyRelease: 3, buttonPress: 4, buttonRelease: 5, motion: 6 } as const;
const CORE_KEYBOARD = 0x100;
/** XKB's NewKeyboardNotify and MapNotify, and all parts of a map. */
const XKB_NEW_KEYBOARD = 0;
const XKB_MAP = 1;
const XKB_MAP_EVENTS = (1 << XKB_NEW_KEYBOARD) | (1 << XKB_MAP);
const XKB_ALL_PARTS = 0xff;
/** XI2 raw events: KeyPress, ButtonPress, Motion. */
const RAW_EVENTS = ['XIRawKeyPress', 'XIRawButtonPress', 'XIRawMotion'];
const RAW_EVENT_MASK = (1 << 13) | (1 << 15) | (1 << 17);
const ALL_DEVICES = 0;
/** Devices that XTEST itself posts from are named so by the server. */
const XTEST_DEVICE = /\bXTEST\b/;
const MAX_PENDING_REPLIES = 64;
/** Coordinates are 16 bits with a sign. */
const MAX_X = 32_767;

type ReplyCallback = (error: unknown, value: unknown) => boolean | undefined;

/** What we use of the package's client; checked for its methods when it comes. */
interface XClient {
  require(extension: ExtensionName, callback: (error: unknown, extension: unknown) => void): void;
  GetKeyboardMapping(firstKeycode: number, count: number, callback: ReplyCallback): void;
  ChangeKeyboardMapping(firstKeycode: number, keysymsPerKeycode: number, keysyms: readonly number[]): void;
  GetModifierMapping(callback: ReplyCallback): void;
  GetInputFocus(callback: ReplyCallback): void;
  terminate(): void;
  on(name: 'event' | 'error' | 'end', listener: (value: unknown) => void): void;
  off(name: 'event', listener: (value: unknown) => void): void;
}
type ExtensionName = 'xtest' | 'xkb' | 'xinput';

const CLIENT_METHODS: readonly (keyof XClient)[] = [
  'require',
  'GetKeyboardMapping',
  'ChangeKeyboardMapping',
  'GetModifierMapping',
  'GetInputFocus',
  'terminate',
  'on',
  'off',
];
const clientSchema = v.custom<XClient>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    CLIENT_METHODS.every((name) => typeof Reflect.get(value, name) === 'function'),
);
const number = v.number();
const callable = v.custom<(...values: unknown[]) => unknown>((value) => typeof value === 'function');
const displaySchema = v.object({
  client: clientSchema,
  min_keycode: number,
  max_keycode: number,
  screen: v.pipe(
    v.array(v.object({ root: number, pixel_width: number, pixel_height: number })),
    v.minLength(1),
    v.maxLength(64),
  ),
});
const xtestSchema = v.object({ FakeInput: callable, GrabControl: callable });
const xkbSchema = v.object({
  UseExtension: callable,
  SelectEvents: callable,
  GetState: callable,
  LatchLockState: callable,
});
const xinputSchema = v.object({ XIQueryDevice: callable, XISelectEvents: callable });
const rows = v.array(v.array(number));
const stateSchema = v.object({ mods: number, lockedMods: number, group: number });
const devicesSchema = v.array(v.object({ deviceId: number, name: v.string() }));
const eventSchema = v.object({
  name: v.optional(v.string()),
  xkbType: v.optional(number),
  raw: v.optional(v.instance(Uint8Array)),
  sourceId: v.optional(number),
});

export interface KeyboardState {
  /** Effective modifiers, a mask. */
  modifiers: number;
  /** Modifiers that are locked: Caps Lock, Num Lock. */
  locked: number;
  /** The layout in use, 0 to 3. */
  group: number;
}

export class X11Display {
  /** The keyboard mapping of these keycodes changed, by us or by somebody else. */
  onMappingChanged: ((firstKeycode: number, count: number) => void) | null = null;
  /** The connection is gone; nothing works any more. */
  onClosed: ((reason: string) => void) | null = null;

  readonly minKeycode: number;
  readonly maxKeycode: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly #client: XClient;
  readonly #root: number;
  readonly #xtest: v.InferOutput<typeof xtestSchema>;
  readonly #xkb: v.InferOutput<typeof xkbSchema>;
  #pendingReplies = 0;
  #closed: boolean;

  private constructor(
    client: XClient,
    display: v.InferOutput<typeof displaySchema>,
    xtest: v.InferOutput<typeof xtestSchema>,
    xkb: v.InferOutput<typeof xkbSchema>,
  ) {
    this.#closed = false;
    this.#client = client;
    this.minKeycode = display.min_keycode;
    this.maxKeycode = display.max_keycode;
    const screen = display.screen[0];
    this.#root = screen?.root ?? 0;
    this.widthPx = screen?.pixel_width ?? 0;
    this.heightPx = screen?.pixel_height ?? 0;
    this.#xtest = xtest;
    this.#xkb = xkb;
    client.on('event', (event: unknown) => this.#mappingEvent(event));
    client.on('error', (error: unknown) => this.#fail(describe(error)));
    client.on('end', () => this.#fail('the X server closed the connection'));
    this.#xkb.SelectEvents(CORE_KEYBOARD, XKB_MAP_EVENTS, 0, XKB_MAP_EVENTS, XKB_ALL_PARTS, XKB_ALL_PARTS);
    // A program that grabs the server must not lock out who looks after it from afar.
    this.#xtest.GrabControl(true);
  }

  /** Connects; `display` as in $DISPLAY. Throws `injector-failed` when there is no server or it lacks XTEST or XKB. */
  static async open(display: string): Promise<X11Display> {
    try {
      const { client, setup } = await connect(display);
      const xtest = v.parse(xtestSchema, await extension(client, 'xtest'));
      const xkb = v.parse(xkbSchema, await extension(client, 'xkb'));
      await reply((done) => xkb.UseExtension(1, 0, done));
      return new X11Display(client, setup, xtest, xkb);
    } catch (cause) {
      throw new TarnetError('injector-failed', `X display ${display}: ${describe(cause)}`, { cause });
    }
  }

  /** Root coordinates; the server clamps them to its screen. */
  move(xPx: number, yPx: number): void {
    this.#fake(FAKE.motion, 0, this.#root, Math.min(MAX_X, Math.max(0, xPx)), Math.min(MAX_X, Math.max(0, yPx)));
  }

  button(xButton: number, down: boolean): void {
    this.#fake(down ? FAKE.buttonPress : FAKE.buttonRelease, xButton);
  }

  key(keycode: number, down: boolean): void {
    this.#fake(down ? FAKE.keyPress : FAKE.keyRelease, keycode);
  }

  /** The core mapping: for each keycode from minKeycode on its keysyms, 0 where there is none. */
  async keyboardMapping(): Promise<number[][]> {
    const count = this.maxKeycode - this.minKeycode + 1;
    return v.parse(rows, await this.#ask((done) => this.#client.GetKeyboardMapping(this.minKeycode, count, done)));
  }

  changeMapping(keycode: number, keysyms: readonly number[]): void {
    if (!this.#closed) this.#client.ChangeKeyboardMapping(keycode, keysyms.length, keysyms);
  }

  /** The keycodes of each of the eight modifiers; bit N of a mask is row N. */
  async modifierMapping(): Promise<number[][]> {
    return v.parse(rows, await this.#ask((done) => this.#client.GetModifierMapping(done)));
  }

  async keyboardState(): Promise<KeyboardState> {
    const state = v.parse(stateSchema, await this.#ask((done) => this.#xkb.GetState(CORE_KEYBOARD, done)));
    return { modifiers: state.mods, locked: state.lockedMods, group: state.group };
  }

  /** Locks or unlocks modifiers, as Caps Lock does. */
  lockModifiers(mask: number, locked: boolean): void {
    if (!this.#closed) this.#xkb.LatchLockState(CORE_KEYBOARD, mask, locked ? mask : 0, false, 0, 0, 0, false, 0);
  }

  /** Resolves when the server has carried out everything so far. */
  async sync(): Promise<void> {
    await this.#ask((done) => this.#client.GetInputFocus(done));
  }

  /**
   * Calls back whenever a device that is not XTEST's own moves, clicks or types: the person at this machine. Events
   * that any program injects come from XTEST devices and never count. Returns a function that stops it.
   */
  async watchDevices(onActivity: () => void): Promise<() => void> {
    const xinput = v.parse(xinputSchema, await extension(this.#client, 'xinput'));
    let injecting = await this.#injectingDevices(xinput);
    const listener = (event: unknown) => {
      const parsed = v.safeParse(eventSchema, event);
      if (!parsed.success || parsed.output.name === undefined) return;
      const { name, sourceId } = parsed.output;
      if (name === 'XIHierarchyChanged') {
        this.#injectingDevices(xinput).then(
          (devices) => {
            injecting = devices;
          },
          () => undefined,
        );
      } else if (RAW_EVENTS.includes(name) && sourceId !== undefined && !injecting.has(sourceId)) onActivity();
    };
    this.#client.on('event', listener);
    const select = (mask: number) => xinput.XISelectEvents(this.#root, { deviceId: ALL_DEVICES, mask });
    select(RAW_EVENT_MASK | (1 << 11));
    return () => {
      this.#client.off('event', listener);
      if (!this.#closed) select(0);
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.terminate();
  }

  async #injectingDevices(xinput: v.InferOutput<typeof xinputSchema>): Promise<ReadonlySet<number>> {
    const devices = v.parse(devicesSchema, await this.#ask((done) => xinput.XIQueryDevice(ALL_DEVICES, done)));
    return new Set(devices.filter(({ name }) => XTEST_DEVICE.test(name)).map(({ deviceId }) => deviceId));
  }

  #fake(type: number, detail: number, window = 0, xPx = 0, yPx = 0): void {
    if (!this.#closed) this.#xtest.FakeInput(type, detail, 0, window, xPx, yPx);
  }

  async #ask(request: (done: ReplyCallback) => unknown): Promise<unknown> {
    if (this.#closed) throw new TarnetError('injector-failed', 'the X connection is closed');
    if (this.#pendingReplies >= MAX_PENDING_REPLIES)
      throw new TarnetError('limit-reached', 'the X server does not answer', {
        limit: `${MAX_PENDING_REPLIES} replies`,
      });
    this.#pendingReplies += 1;
    try {
      return await reply(request);
    } finally {
      this.#pendingReplies -= 1;
    }
  }

  #mappingEvent(event: unknown): void {
    const parsed = v.safeParse(eventSchema, event);
    if (!parsed.success || parsed.output.name !== 'XkbEvent') return;
    const { xkbType, raw } = parsed.output;
    if (xkbType === XKB_NEW_KEYBOARD) this.onMappingChanged?.(this.minKeycode, this.maxKeycode - this.minKeycode + 1);
    // firstKeySym and nKeySyms of xkbMapNotify, without the first 8 bytes of the event.
    else if (xkbType === XKB_MAP) this.onMappingChanged?.(raw?.[8] ?? 0, raw?.[9] ?? 0);
  }

  #fail(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClosed?.(reason);
  }
}

function reply(request: (done: ReplyCallback) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request((error, value) => {
      if (error) reject(TarnetError.from(error));
      else resolve(value);
      // True tells the package that the error has been dealt with.
      return true;
    });
  });
}

function extension(client: XClient, name: ExtensionName): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.require(name, (error, value) => {
      if (error) reject(TarnetError.from(error));
      else resolve(value);
    });
  });
}

function connect(display: string): Promise<{ client: XClient; setup: v.InferOutput<typeof displaySchema> }> {
  return new Promise((resolve, reject) => {
    x11.createClient({ display, shm: false }, (error: unknown, value: unknown) => {
      const setup = v.safeParse(displaySchema, value);
      if (error) reject(TarnetError.from(error));
      else if (!setup.success) reject(TarnetError.malformed('display', setup.issues[0].message));
      else resolve({ client: setup.output.client, setup: setup.output });
    });
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
