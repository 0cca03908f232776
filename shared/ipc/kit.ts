// Owns how the IPC contract is written down, and derives both ends' types from it. One added line in contract.ts makes
// the channel exist in the preload, in the main process's handler table and in the renderer's bridge.
import type * as v from 'valibot';
import type { ErrorReason } from '../base/errors.ts';

/** Which of our windows may use a channel. */
export const WINDOW_ROLES = ['home', 'session', 'consent', 'sign', 'capture'] as const;
export type WindowRole = (typeof WINDOW_ROLES)[number];

type Schema = v.GenericSchema;

/** Renderer asks, main answers. The result's type is main's promise; the payload is parsed. */
export interface InvokeChannel<S extends Schema, Result> {
  kind: 'invoke';
  roles: readonly WindowRole[];
  payload: S;
  /** Never present: carries the type only. */
  result?: Result;
}

/** Renderer tells, nobody answers: for what is frequent. */
export interface SendChannel<S extends Schema> {
  kind: 'send';
  roles: readonly WindowRole[];
  payload: S;
}

/** Main tells a window. Main is trusted, so the payload is typed and not parsed. */
export interface EventChannel<Payload> {
  kind: 'event';
  roles: readonly WindowRole[];
  payload?: Payload;
}

export function invoke<Result>() {
  return <const S extends Schema>(roles: readonly WindowRole[], payload: S): InvokeChannel<S, Result> => ({
    kind: 'invoke',
    roles,
    payload,
  });
}

export function send<const S extends Schema>(roles: readonly WindowRole[], payload: S): SendChannel<S> {
  return { kind: 'send', roles, payload };
}

export function event<Payload>(roles: readonly WindowRole[]): EventChannel<Payload> {
  return { kind: 'event', roles };
}

/** How an error crosses IPC: Electron would flatten it to a string. */
export interface ErrorView {
  reason: ErrorReason;
  message: string;
  field: string | null;
  limit: string | null;
}

export type Envelope<T> = { ok: true; value: T } | { ok: false; error: ErrorView };

/** What the preload exposes as `window.tarnet`; the names are checked there against the contract. */
export interface RawBridge {
  role: WindowRole;
  invoke(channel: string, payload: unknown): Promise<Envelope<unknown>>;
  send(channel: string, payload: unknown): void;
  /** Returns a function that stops listening. */
  on(channel: string, listener: (payload: unknown) => void): () => void;
}
