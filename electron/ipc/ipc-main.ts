// Owns the one way in from the windows: registers every channel of the contract, checks who calls, parses what they
// say and puts results and errors in an envelope. No handler can forget any of it.
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import {
  CONTRACT,
  type EventName,
  type EventPayload,
  type InvokeHandlers,
  type InvokeName,
  type SendHandlers,
  type SendName,
} from '../../shared/ipc/contract.ts';
import { errorView } from '../../shared/ipc/error-view.ts';
import type { Envelope, WindowRole } from '../../shared/ipc/kit.ts';

/** Which of our windows calls. */
export interface IpcContext {
  role: WindowRole;
  webContentsId: number;
  /** The connection that a session window shows. */
  connectionId: string | null;
}

/** What is needed of an `IpcMainEvent` or `IpcMainInvokeEvent`. */
export interface IpcSender {
  /** Null once the frame has gone. `parent` is null for a main frame. */
  readonly senderFrame: { readonly origin: string; readonly parent: object | null } | null;
  readonly sender: { readonly id: number };
}

/** What is needed of `ipcMain`. */
export interface IpcListeners {
  handle(channel: string, listener: (event: IpcSender, payload: unknown) => Promise<Envelope<unknown>>): void;
  on(channel: string, listener: (event: IpcSender, payload: unknown) => void): void;
}

/** A window that messages can be sent to. */
export interface IpcTarget extends IpcContext {
  send(channel: string, payload: unknown): void;
}

/** What is needed of the register of our windows. */
export interface IpcWindows {
  find(webContentsId: number): IpcTarget | null;
  all(): Iterable<IpcTarget>;
}

export interface IpcMainOptions {
  ipc: IpcListeners;
  windows: IpcWindows;
  /** The only origin whose pages may call. */
  origin: string;
  log: Log;
  invokes: InvokeHandlers<IpcContext>;
  sends: SendHandlers<IpcContext>;
}

export const IPC_LIMITS = {
  /** A page that keeps sending nonsense must not fill the log. */
  loggedRefusals: 100,
  fieldNameLength: 64,
} as const;

/** Registers the whole contract. Call once, before the first window is opened. */
export function registerContract(options: IpcMainOptions): void {
  const refuse = makeRefusalLog(options.log);
  for (const name of namesOf('invoke')) registerInvoke(name, options, refuse);
  for (const name of namesOf('send')) registerSend(name, options, refuse);
}

/** Tells every window whose role may hear this event; with a connection, only the windows of that connection. */
export function emit<Name extends EventName>(
  windows: IpcWindows,
  name: Name,
  payload: EventPayload<Name>,
  connectionId?: string,
): void {
  const roles: readonly WindowRole[] = CONTRACT[name].roles;
  for (const target of windows.all())
    if (roles.includes(target.role) && (connectionId === undefined || target.connectionId === connectionId))
      target.send(name, payload);
}

function namesOf(kind: 'invoke'): InvokeName[];
function namesOf(kind: 'send'): SendName[];
function namesOf(kind: string): string[] {
  return Object.entries(CONTRACT).flatMap(([name, channel]) => (channel.kind === kind ? [name] : []));
}

function registerInvoke(name: InvokeName, options: IpcMainOptions, refuse: RefusalLog): void {
  const handle = asAnyHandler(options.invokes[name]);
  options.ipc.handle(name, async (event, payload) => {
    try {
      const context = checkSender(event, name, options);
      return { ok: true, value: await handle(parsePayload(name, payload), context) };
    } catch (error) {
      const known = TarnetError.from(error);
      if (known.reason === 'unauthorised' || known.reason === 'malformed') refuse(name, known);
      else if (known.reason === 'internal')
        options.log.error('a handler failed', { channel: name, error: known.message, stack: known.stack });
      return { ok: false, error: errorView(known) };
    }
  });
}

function registerSend(name: SendName, options: IpcMainOptions, refuse: RefusalLog): void {
  const handle = asAnyHandler(options.sends[name]);
  options.ipc.on(name, (event, payload) => {
    try {
      const context = checkSender(event, name, options);
      handle(parsePayload(name, payload), context);
    } catch (error) {
      refuse(name, TarnetError.from(error));
    }
  });
}

// The schema that has just parsed the payload is the one the handler's parameter is inferred from; the compiler
// cannot follow that through a name it does not know, so the link is made here and nowhere else.
function asAnyHandler(handler: (payload: never, context: IpcContext) => unknown) {
  return handler as (payload: unknown, context: IpcContext) => unknown;
}

function checkSender(event: IpcSender, name: InvokeName | SendName, options: IpcMainOptions): IpcContext {
  const frame = event.senderFrame;
  const target = options.windows.find(event.sender.id);
  if (!frame || frame.parent !== null || frame.origin !== options.origin || !target)
    throw new TarnetError('unauthorised', 'not the main frame of one of our windows');
  const roles: readonly WindowRole[] = CONTRACT[name].roles;
  if (!roles.includes(target.role))
    throw new TarnetError('unauthorised', `the ${target.role} window may not use ${name}`);
  return { role: target.role, webContentsId: target.webContentsId, connectionId: target.connectionId };
}

/** Valibot's own message repeats the value, which may be a code: only the field and what was expected are told. */
function parsePayload(name: InvokeName | SendName, payload: unknown): unknown {
  const schema: v.GenericSchema = CONTRACT[name].payload;
  const parsed = v.safeParse(schema, payload, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = (v.getDotPath(issue) ?? 'payload').slice(0, IPC_LIMITS.fieldNameLength);
  throw TarnetError.malformed(field, `expected ${issue.expected ?? issue.type}`);
}

type RefusalLog = (channel: string, error: TarnetError) => void;

function makeRefusalLog(log: Log): RefusalLog {
  let left: number = IPC_LIMITS.loggedRefusals;
  return (channel, error) => {
    if (left <= 0) return;
    left -= 1;
    log.warn('a message from a window was refused', {
      channel,
      reason: error.reason,
      field: error.field,
      message: error.message,
      lastOfThese: left === 0,
    });
  };
}
