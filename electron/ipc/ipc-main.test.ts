import { beforeEach, describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { type Log, silentLog } from '../../shared/base/log.ts';
import { CONTRACT, type InvokeHandlers, type SendHandlers } from '../../shared/ipc/contract.ts';
import type { Envelope, WindowRole } from '../../shared/ipc/kit.ts';
import { emit, IPC_LIMITS, type IpcContext, type IpcSender, type IpcTarget, registerContract } from './ipc-main.ts';

const ORIGIN = 'app://tarnet';

class FakeIpc {
  readonly invokes = new Map<string, (event: IpcSender, payload: unknown) => Promise<Envelope<unknown>>>();
  readonly sends = new Map<string, (event: IpcSender, payload: unknown) => void>();
  handle(channel: string, listener: (event: IpcSender, payload: unknown) => Promise<Envelope<unknown>>) {
    if (this.invokes.has(channel)) throw new Error(`second handler for ${channel}`);
    this.invokes.set(channel, listener);
  }
  on(channel: string, listener: (event: IpcSender, payload: unknown) => void) {
    this.sends.set(channel, listener);
  }
}

interface Sent {
  id: number;
  channel: string;
  payload: unknown;
}

class FakeWindows {
  readonly targets: IpcTarget[] = [];
  readonly sent: Sent[] = [];
  add(webContentsId: number, role: WindowRole, connectionId: string | null = null) {
    this.targets.push({
      webContentsId,
      role,
      connectionId,
      send: (channel, payload) => this.sent.push({ id: webContentsId, channel, payload }),
    });
  }
  find(webContentsId: number) {
    return this.targets.find((target) => target.webContentsId === webContentsId) ?? null;
  }
  all() {
    return this.targets;
  }
}

let ipc: FakeIpc;
let windows: FakeWindows;
let calls: { name: string; payload: unknown; context: IpcContext }[];
let answer: () => unknown;
let lines: { message: string; fields: string }[];

beforeEach(() => {
  ipc = new FakeIpc();
  windows = new FakeWindows();
  windows.add(1, 'home');
  windows.add(2, 'session', 'c1');
  windows.add(3, 'session', 'c2');
  windows.add(4, 'sign');
  calls = [];
  lines = [];
  answer = () => undefined;
  const handlers = Object.fromEntries(
    Object.keys(CONTRACT).map((name) => [
      name,
      (payload: unknown, context: IpcContext) => {
        calls.push({ name, payload, context });
        return answer();
      },
    ]),
  );
  const note = (message: string, fields = {}) => void lines.push({ message, fields: JSON.stringify(fields) });
  const log: Log = { ...silentLog, warn: note, error: note };
  registerContract({
    ipc,
    windows,
    origin: ORIGIN,
    log,
    invokes: handlers as unknown as InvokeHandlers<IpcContext>,
    sends: handlers as unknown as SendHandlers<IpcContext>,
  });
});

const from = (id: number, frame: Partial<NonNullable<IpcSender['senderFrame']>> | null = {}): IpcSender => ({
  sender: { id },
  senderFrame: frame && { origin: ORIGIN, parent: null, ...frame },
});

async function invoke(name: string, event: IpcSender, payload?: unknown) {
  const listener = ipc.invokes.get(name);
  if (!listener) throw new Error(`${name} is not registered`);
  return await listener(event, payload);
}

const reasonOf = (envelope: Envelope<unknown>) => (envelope.ok ? null : envelope.error.reason);

test('every invoke and send channel of the contract is registered, and no event', () => {
  const of = (kind: string) =>
    Object.entries(CONTRACT)
      .filter(([, channel]) => channel.kind === kind)
      .map(([name]) => name);
  expect([...ipc.invokes.keys()]).toEqual(of('invoke'));
  expect([...ipc.sends.keys()]).toEqual(of('send'));
});

test('a result comes back in an envelope, and the handler knows who asked', async () => {
  answer = () => Promise.resolve({ connectionId: 'x' });
  const payload = { address: 'desk', proof: { kind: 'code', secret: '123456789' }, viewOnly: false };
  expect(await invoke('connection.open', from(1), payload)).toEqual({ ok: true, value: { connectionId: 'x' } });
  expect(calls).toEqual([
    { name: 'connection.open', payload, context: { role: 'home', webContentsId: 1, connectionId: null } },
  ]);
  await invoke('session.set-view-only', from(3), { viewOnly: true });
  expect(calls[1]?.context).toEqual({ role: 'session', webContentsId: 3, connectionId: 'c2' });
});

describe('who may call', () => {
  test.each([
    ['a window that is not ours', from(99)],
    ['a frame inside a page', from(1, { parent: {} })],
    ['a frame that has gone', from(1, null)],
    ['another origin', from(1, { origin: 'https://tarnet' })],
    ['an origin that only begins like ours', from(1, { origin: 'app://tarnet.evil' })],
    ['an opaque origin', from(1, { origin: 'null' })],
    ['a window whose role may not', from(4)],
  ])('%s is refused before anything is parsed', async (_name, event) => {
    expect(reasonOf(await invoke('settings.update', event, { theme: 'dark' }))).toBe('unauthorised');
    ipc.sends.get('session.input')?.({ ...event }, []);
    expect(calls).toEqual([]);
  });

  test('a role is checked per channel', async () => {
    expect(reasonOf(await invoke('share.stop', from(4)))).toBe(null);
    expect(reasonOf(await invoke('share.start', from(4), {}))).toBe('unauthorised');
    expect(reasonOf(await invoke('consent.answer', from(2), { requestId: 'r', decision: 'control' }))).toBe(
      'unauthorised',
    );
  });
});

const PROOF = { kind: 'code', secret: '1' };

describe('what may be said', () => {
  test.each([
    [
      'a field of the wrong type',
      { address: 'desk', proof: { kind: 'code', secret: 123456789 }, viewOnly: false },
      'proof.secret',
    ],
    ['a field too many', { address: 'desk', proof: PROOF, viewOnly: false, extra: 1 }, 'extra'],
    ['a field missing', { address: 'desk', viewOnly: false }, 'proof'],
    ['a field too long', { address: 'x'.repeat(281), proof: PROOF, viewOnly: false }, 'address'],
    ['no object', 'desk', 'payload'],
  ])('%s is refused by its name', async (_name, payload, field) => {
    const envelope = await invoke('connection.open', from(1), payload);
    expect(envelope).toMatchObject({ ok: false, error: { reason: 'malformed', field } });
    expect(calls).toEqual([]);
  });

  test('a payload where there should be none', async () => {
    expect(reasonOf(await invoke('app.snapshot', from(1), { sneaky: true }))).toBe('malformed');
  });

  test('a refused value is repeated neither to the page nor in the log', async () => {
    const proof = { kind: 'code', secret: ['918273645'] };
    const envelope = await invoke('connection.open', from(1), { address: 'desk', proof, viewOnly: 'x' });
    expect(JSON.stringify(envelope)).not.toContain('918273645');
    expect(JSON.stringify(lines)).not.toContain('918273645');
    expect(lines).toHaveLength(1);
  });

  test('a malformed message that nobody answers is dropped', () => {
    ipc.sends.get('session.input')?.(from(2), [{ kind: 'nonsense' }]);
    expect(calls).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  test('a page that keeps sending nonsense cannot fill the log', () => {
    for (let i = 0; i < IPC_LIMITS.loggedRefusals * 3; i += 1) ipc.sends.get('session.input')?.(from(2), i);
    expect(lines).toHaveLength(IPC_LIMITS.loggedRefusals);
  });
});

describe('how errors cross', () => {
  test('an error of ours keeps reason, text, field and limit', async () => {
    answer = () => {
      throw TarnetError.malformed('address', 'no such host', '280 characters');
    };
    expect(await invoke('hosts.rescan', from(1))).toEqual({
      ok: false,
      error: { reason: 'malformed', message: 'address: no such host', field: 'address', limit: '280 characters' },
    });
  });

  test.each([
    () => Promise.reject(new TarnetError('port-taken', 'port 8000 is taken')),
    () => {
      throw new TarnetError('port-taken', 'port 8000 is taken');
    },
  ])('thrown or rejected', async (fails) => {
    answer = fails;
    expect(reasonOf(await invoke('share.start', from(1), {}))).toBe('port-taken');
  });

  test('an unexpected error tells the page nothing, and the log all', async () => {
    answer = () => {
      throw new Error('/home/ana/secret-path is gone');
    };
    const envelope = await invoke('hosts.rescan', from(1));
    expect(reasonOf(envelope)).toBe('internal');
    expect(JSON.stringify(envelope)).not.toContain('ana');
    expect(lines[0]?.fields).toContain('secret-path');
  });

  test('a failing handler of a message that nobody answers harms nobody', () => {
    answer = () => {
      throw new Error('broken');
    };
    expect(() => ipc.sends.get('session.input')?.(from(2), [])).not.toThrow();
  });
});

describe('telling the windows', () => {
  test('only those whose role may hear it', () => {
    windows.add(5, 'capture');
    emit(windows, 'session.fullscreen-changed', { fullscreen: true });
    expect(windows.sent.map(({ id }) => id)).toEqual([2, 3]);
  });

  test('only those of the connection', () => {
    emit(windows, 'session.fullscreen-changed', { fullscreen: true }, 'c2');
    expect(windows.sent).toEqual([{ id: 3, channel: 'session.fullscreen-changed', payload: { fullscreen: true } }]);
  });
});
