import { describe, expect, test } from 'vitest';
import { PERMISSIONS, type Permission, VIEW_AND_CONTROL, VIEW_ONLY } from '../../shared/model/permissions.ts';
import { Channel } from '../../shared/wire/reliable.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { CHANNEL_GATE_LIMITS, ChannelGate } from './channel-gate.ts';

function gateWith(...permissions: Permission[]) {
  const clock = new FakeClock();
  const gate = new ChannelGate(clock);
  gate.set(new Set(permissions));
  return { clock, gate };
}

const UNAUTHORISED = expect.objectContaining({ reason: 'unauthorised', field: 'reliable.channel' });

describe('what a viewer may say', () => {
  test.each([
    ['clipboard', Channel.clipboard, ['clipboard-to-host']],
    ['file', Channel.file, ['files-in', 'files-out']],
  ] as const)('on %s needs exactly its permissions', (_name, channel, needed) => {
    for (const permission of PERMISSIONS) {
      const { gate } = gateWith(permission);
      if (needed.some((one) => one === permission)) expect(gate.takes(channel)).toBe(true);
      else expect(() => gate.takes(channel)).toThrow(UNAUTHORISED);
    }
  });

  test('input without control is dropped, and ends nothing', () => {
    expect(gateWith('view').gate.takes(Channel.input)).toBe(false);
    expect(gateWith('control').gate.takes(Channel.input)).toBe(true);
  });

  test('needs nothing on the channels that every session has', () => {
    const { gate } = gateWith();
    for (const channel of [Channel.stats, Channel.session, Channel.display]) expect(gate.takes(channel)).toBe(true);
  });

  test('is dropped for a moment after a permission was taken away, then ends the session', () => {
    const { clock, gate } = gateWith('view', 'clipboard-to-host');
    gate.set(VIEW_AND_CONTROL);
    clock.advance(CHANNEL_GATE_LIMITS.graceMs);
    expect(gate.takes(Channel.clipboard)).toBe(false);
    clock.advance(1);
    expect(() => gate.takes(Channel.clipboard)).toThrow(UNAUTHORISED);
    gate.set(new Set<Permission>(['clipboard-to-host']));
    expect(gate.takes(Channel.clipboard)).toBe(true);
  });
});

test('what the host says to a viewer needs the permission of that direction', () => {
  expect(gateWith('clipboard-from-host').gate.gives(Channel.clipboard)).toBe(true);
  expect(gateWith('clipboard-to-host').gate.gives(Channel.clipboard)).toBe(false);
  expect(gateWith('files-out').gate.gives(Channel.file)).toBe(true);
  const { gate } = gateWith(...VIEW_ONLY);
  expect(gate.gives(Channel.file)).toBe(false);
  expect(gate.gives(Channel.session)).toBe(true);
});
