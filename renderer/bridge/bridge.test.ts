import { expect, test, vi } from 'vitest';
import type { RawBridge } from '../../shared/ipc/kit.ts';
import { createBridge } from './bridge.ts';

function rawBridge(overrides: Partial<RawBridge>): RawBridge {
  return {
    role: 'home',
    invoke: () => Promise.reject(new Error('unused')),
    send: () => {},
    on: () => () => {},
    ...overrides,
  };
}

test('a call passes its payload and unwraps the value', async () => {
  const invoke = vi.fn<RawBridge['invoke']>(async () => ({ ok: true, value: { connectionId: 'c1' } }));
  const bridge = createBridge(rawBridge({ invoke }));
  const payload = { address: 'desk', proof: { kind: 'code', secret: '123456789' } as const, viewOnly: false };
  expect(await bridge.invoke('connection.open', payload)).toEqual({ connectionId: 'c1' });
  expect(invoke).toHaveBeenCalledWith('connection.open', payload);
});

test('a refused call throws the error of the envelope with field and limit', async () => {
  const error = { reason: 'too-large', message: 'name: too long', field: 'name', limit: '128 characters' } as const;
  const bridge = createBridge(rawBridge({ invoke: async () => ({ ok: false, error }) }));
  await expect(bridge.invoke('share.stop')).rejects.toMatchObject({ ...error, name: 'TarnetError' });
});

test('absent field and limit stay absent', async () => {
  const error = { reason: 'denied', message: 'no', field: null, limit: null } as const;
  const bridge = createBridge(rawBridge({ invoke: async () => ({ ok: false, error }) }));
  await expect(bridge.invoke('share.stop')).rejects.toMatchObject({
    reason: 'denied',
    field: undefined,
    limit: undefined,
  });
});

test('events reach the listener until it stops listening', () => {
  const stop = vi.fn();
  let tell: (payload: unknown) => void = () => {};
  const bridge = createBridge(
    rawBridge({
      on: (_channel, listener) => {
        tell = listener;
        return stop;
      },
    }),
  );
  const heard: boolean[] = [];
  const off = bridge.on('session.fullscreen-changed', ({ fullscreen }) => heard.push(fullscreen));
  tell({ fullscreen: true });
  off();
  expect(heard).toEqual([true]);
  expect(stop).toHaveBeenCalledOnce();
});
