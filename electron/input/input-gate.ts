// Owns the only way to the injector: who may act, how often, where, and that nothing stays pressed.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { type InputEvent, type MouseButton, WHEEL_NOTCH } from '../../shared/model/input-event.ts';
import type { KeyCode } from '../../shared/model/key-codes.ts';
import type { Permissions } from '../../shared/model/permissions.ts';
import type { Injector } from './injector.ts';
import { RepeatWatch } from './repeat-watch.ts';

export const INPUT_GATE_LIMITS = {
  maxViewers: 256,
  /** Events that one viewer may send in a burst, and how fast that allowance comes back. */
  burstEvents: 600,
  eventsPerSecond: 1200,
  /** How long viewers wait after the host's own user moved the mouse or typed. */
  localHoldMs: 1000,
  /** The same refusal of the same viewer is reported at most this often. */
  refusalReportMs: 1000,
} as const;

/** Why an event was not injected. Stable names: they are logged. */
const REFUSAL_REASONS = [
  'not-admitted',
  'no-permission',
  'paused',
  'no-source',
  'rate-limited',
  'local-input',
  'text-with-modifiers',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** The shared source in pixels of the whole desktop. */
export interface SourceRect {
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
}

export interface InputGateOptions {
  injector: Injector;
  clock: Clock;
  /** The setting: local input holds viewers' input back. */
  localInputFirst: boolean;
}

type Held = `key:${KeyCode}` | `button:${MouseButton}`;

interface Viewer {
  permissions: Permissions;
  /** In the order of pressing: released in reverse. */
  held: Map<Held, (down: false) => void>;
  repeat: RepeatWatch;
  /** Parts of a notch that were not injected yet, in units of 1 / WHEEL_NOTCH. */
  wheelX: number;
  wheelY: number;
  tokens: number;
  tokensAtMs: number;
  reportedAtMs: Map<RefusalReason, number>;
}

/** With one of these held a character would be a shortcut. AltGr (AltRight) is none: it makes characters. */
const CONTROL_MODIFIERS: readonly KeyCode[] = ['ControlLeft', 'ControlRight', 'AltLeft', 'MetaLeft', 'MetaRight'];

export class InputGate {
  /** Told why a viewer's events are refused, once a second for each reason. */
  onRefused: ((viewerId: string, reason: RefusalReason) => void) | null = null;

  readonly #injector: Injector;
  readonly #clock: Clock;
  readonly #viewers = new Map<string, Viewer>();
  /** How many viewers hold each key and button. */
  readonly #holders = new Map<Held, number>();
  #source: SourceRect | null = null;
  #paused: boolean;
  #localInputFirst: boolean;
  #localHoldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: InputGateOptions) {
    this.#injector = options.injector;
    this.#clock = options.clock;
    this.#paused = false;
    this.#localInputFirst = options.localInputFirst;
  }

  /** Lets a viewer in, or changes what it may do; losing `control` releases what it holds. Throws `limit-reached`. */
  admit(viewerId: string, permissions: Permissions): void {
    const known = this.#viewers.get(viewerId);
    if (known) {
      known.permissions = permissions;
      if (!permissions.has('control')) this.release(viewerId);
      return;
    }
    if (this.#viewers.size >= INPUT_GATE_LIMITS.maxViewers)
      throw new TarnetError('limit-reached', 'too many viewers', { limit: `${INPUT_GATE_LIMITS.maxViewers} viewers` });
    this.#viewers.set(viewerId, {
      permissions,
      held: new Map(),
      repeat: new RepeatWatch(this.#clock),
      wheelX: 0,
      wheelY: 0,
      tokens: INPUT_GATE_LIMITS.burstEvents,
      tokensAtMs: this.#clock.monotonicMs(),
      reportedAtMs: new Map(),
    });
  }

  /** The viewer is gone: releases what it holds and forgets it. */
  dismiss(viewerId: string): void {
    this.release(viewerId);
    this.#viewers.delete(viewerId);
  }

  /** Where the shared source is, whole-desktop pixels; null (or an empty rectangle) while nothing can be controlled. */
  setSource(rect: SourceRect | null): void {
    this.#source = rect && rect.widthPx >= 1 && rect.heightPx >= 1 ? rect : null;
    if (!this.#source) this.releaseAll();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.releaseAll();
  }

  setLocalInputFirst(on: boolean): void {
    this.#localInputFirst = on;
    if (!on) this.#localHoldUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Whether any viewer may act at all: only then is it worth looking for local input. */
  get anyoneControls(): boolean {
    if (this.#paused || !this.#source) return false;
    for (const viewer of this.#viewers.values()) if (viewer.permissions.has('control')) return true;
    return false;
  }

  /** The host's own user moved the mouse or typed. */
  noteLocalInput(): void {
    if (!this.#localInputFirst) return;
    const nowMs = this.#clock.monotonicMs();
    const holding = nowMs < this.#localHoldUntilMs;
    this.#localHoldUntilMs = nowMs + INPUT_GATE_LIMITS.localHoldMs;
    if (!holding) this.releaseAll();
  }

  /** Injects the event or refuses it; never queues. Returns whether it was let through. */
  accept(viewerId: string, event: InputEvent): boolean {
    const viewer = this.#viewers.get(viewerId);
    if (viewer && event.kind === 'release-all') {
      this.#releaseViewer(viewer);
      return true;
    }
    const refusal = this.#refusal(viewer, event);
    if (refusal === null && viewer && this.#source) {
      this.#inject(viewer, this.#source, event);
      return true;
    }
    // What is held can always be let go: a refused release would leave it pressed.
    if (viewer && (event.kind === 'key' || event.kind === 'button') && !event.down) {
      const held: Held = event.kind === 'key' ? `key:${event.code}` : `button:${event.button}`;
      if (viewer.held.has(held)) {
        this.#letGo(viewer, held);
        return true;
      }
    }
    this.#report(viewerId, viewer, refusal ?? 'not-admitted');
    return false;
  }

  /** See Injector.whenInjected. */
  whenInjected(tell: (begunAtMs: number) => void): void {
    this.#injector.whenInjected?.(tell);
  }

  /** Releases what this viewer holds and nobody else does. */
  release(viewerId: string): void {
    const viewer = this.#viewers.get(viewerId);
    if (viewer) this.#releaseViewer(viewer);
  }

  releaseAll(): void {
    for (const viewer of this.#viewers.values()) this.#releaseViewer(viewer);
  }

  #releaseViewer(viewer: Viewer): void {
    for (const held of [...viewer.held.keys()].reverse()) this.#letGo(viewer, held);
  }

  #refusal(viewer: Viewer | undefined, event: InputEvent): RefusalReason | null {
    if (!viewer) return 'not-admitted';
    if (!viewer.permissions.has('control')) return 'no-permission';
    if (this.#paused) return 'paused';
    if (!this.#source) return 'no-source';
    const nowMs = this.#clock.monotonicMs();
    if (!takeToken(viewer, nowMs)) return 'rate-limited';
    if (nowMs < this.#localHoldUntilMs) return 'local-input';
    if (event.kind === 'text' && CONTROL_MODIFIERS.some((code) => this.#holders.has(`key:${code}`)))
      return 'text-with-modifiers';
    return null;
  }

  #inject(viewer: Viewer, source: SourceRect, event: InputEvent): void {
    switch (event.kind) {
      case 'move':
        this.#moveTo(source, event);
        return;
      case 'button': {
        const { button, down } = event;
        this.#moveTo(source, event);
        const held: Held = `button:${button}`;
        if (!down) this.#letGo(viewer, held);
        // A second press of a button that is down already would be a click that nobody made.
        else if (!viewer.held.has(held)) this.#press(viewer, held, (isDown) => this.#injector.button(button, isDown));
        return;
      }
      case 'wheel':
        this.#moveTo(source, event);
        this.#scroll(viewer, event.dx, event.dy);
        return;
      case 'key': {
        const { code, down } = event;
        const held: Held = `key:${code}`;
        viewer.repeat.stop();
        if (!down) this.#letGo(viewer, held);
        else if (viewer.held.has(held)) this.#repeat(viewer, code);
        else this.#press(viewer, held, (isDown) => this.#injector.key(code, isDown));
        return;
      }
      case 'text':
        this.#injector.text(event.codePoint);
        return;
      case 'release-all':
        this.#releaseViewer(viewer);
    }
  }

  #moveTo(source: SourceRect, at: { xPx: number; yPx: number }): void {
    this.#injector.move(
      source.xPx + clamp(at.xPx, source.widthPx - 1),
      source.yPx + clamp(at.yPx, source.heightPx - 1),
    );
  }

  #scroll(viewer: Viewer, dx: number, dy: number): void {
    viewer.wheelX += dx;
    viewer.wheelY += dy;
    const notchesX = Math.trunc(viewer.wheelX / WHEEL_NOTCH);
    const notchesY = Math.trunc(viewer.wheelY / WHEEL_NOTCH);
    viewer.wheelX -= notchesX * WHEEL_NOTCH;
    viewer.wheelY -= notchesY * WHEEL_NOTCH;
    if (notchesX !== 0 || notchesY !== 0) this.#injector.scroll(notchesX, notchesY);
  }

  #press(viewer: Viewer, held: Held, act: (down: boolean) => void): void {
    const holders = this.#holders.get(held) ?? 0;
    viewer.held.set(held, act);
    this.#holders.set(held, holders + 1);
    if (holders === 0) act(true);
  }

  #repeat(viewer: Viewer, code: KeyCode): void {
    this.#injector.key(code, true);
    if (this.#holders.get(`key:${code}`) === 1) viewer.repeat.repeated(() => this.#injector.key(code, false));
  }

  #letGo(viewer: Viewer, held: Held): void {
    const act = viewer.held.get(held);
    if (!act) return;
    viewer.repeat.stop();
    viewer.held.delete(held);
    const holders = (this.#holders.get(held) ?? 1) - 1;
    if (holders > 0) {
      this.#holders.set(held, holders);
      return;
    }
    this.#holders.delete(held);
    act(false);
  }

  #report(viewerId: string, viewer: Viewer | undefined, reason: RefusalReason): void {
    const nowMs = this.#clock.monotonicMs();
    const lastMs = viewer?.reportedAtMs.get(reason);
    if (lastMs !== undefined && nowMs - lastMs < INPUT_GATE_LIMITS.refusalReportMs) return;
    viewer?.reportedAtMs.set(reason, nowMs);
    this.onRefused?.(viewerId, reason);
  }
}

function takeToken(viewer: Viewer, nowMs: number): boolean {
  const gained = ((nowMs - viewer.tokensAtMs) * INPUT_GATE_LIMITS.eventsPerSecond) / 1000;
  viewer.tokens = Math.min(INPUT_GATE_LIMITS.burstEvents, viewer.tokens + Math.max(0, gained));
  viewer.tokensAtMs = nowMs;
  if (viewer.tokens < 1) return false;
  viewer.tokens -= 1;
  return true;
}

function clamp(valuePx: number, lastPx: number): number {
  return Math.min(Math.floor(lastPx), Math.max(0, Math.round(valuePx)));
}
