// What a viewer may do is decided and enforced on the host, whatever the viewer's app sends.
import { describe, expect, it } from 'vitest';
import type { KeyCode } from '../../shared/model/key-codes.ts';
import { PERMISSIONS, type Permission, VIEW_AND_CONTROL } from '../../shared/model/permissions.ts';
import { encodeInput } from '../../shared/wire/messages/input.ts';
import { Channel } from '../../shared/wire/reliable.ts';
import { makeRawViewer } from '../fakes/session-site.ts';
import { SOON, stage } from './session-stage.ts';

const SOMETHING = Uint8Array.of(1, 2, 3);

async function rawViewer() {
  const { relay, host, admitted } = await stage();
  const bystander = await admitted();
  await expect.poll(() => host.ready(), SOON).toBe(true);
  const raw = await makeRawViewer(relay.open, relay.url, host.code()!);
  await expect.poll(() => host.viewers.length, SOON).toBe(2);
  const { id } = host.viewers[1]!;
  /** Records arrive in order: once the host has taken this key, it has taken what was sent before. */
  const arrived = async (code: KeyCode) => {
    raw.granted.records.send(Channel.input, encodeInput([{ kind: 'key', code, down: true }]));
    await expect.poll(() => host.sink.events, SOON).toContainEqual({ kind: 'key', code, down: true });
  };
  return { host, bystander, raw, id, arrived };
}

describe('a message on a channel that is not permitted', () => {
  it.each([
    ['clipboard', Channel.clipboard],
    ['file', Channel.file],
  ] as const)('(%s) ends the session it came in, and no other', async (_name, channel) => {
    const { host, bystander, raw, id } = await rawViewer();
    raw.granted.records.send(channel, SOMETHING);
    await expect.poll(() => host.viewers.map((viewer) => viewer.id), SOON).not.toContain(id);
    expect(host.activity.at(-1)).toMatchObject({ kind: 'left', reason: 'unauthorised', viewer: { id } });
    expect(bystander.state.phase).toBe('active');
  });

  it('is taken where its permission was given, and dropped right after it was taken away', async () => {
    const { host, raw, id, arrived } = await rawViewer();
    host.room.setPermissions(id, new Set<Permission>(['view', 'control', 'clipboard-to-host']));
    raw.granted.records.send(Channel.clipboard, SOMETHING);
    await arrived('KeyA');
    host.room.setPermissions(id, VIEW_AND_CONTROL);
    raw.granted.records.send(Channel.clipboard, SOMETHING);
    await arrived('KeyB');
    expect(host.viewers).toHaveLength(2);
  });
});

it('a change of permissions is known on both sides, also after coming back', async () => {
  const { host, admitted } = await stage();
  const viewer = await admitted();
  const [{ id } = { id: '' }] = host.viewers;
  const everything = new Set(PERMISSIONS);
  host.room.setPermissions(id, everything);
  await expect.poll(() => viewer.state.permissions, SOON).toEqual(everything);
  expect(host.activity.at(-1)).toMatchObject({ kind: 'permissions', viewer: { permissions: [...PERMISSIONS] } });
  viewer.control.cut();
  await expect.poll(() => viewer.phases.filter((phase) => phase === 'active').length, SOON).toBe(2);
  expect(viewer.state.permissions).toEqual(everything);
  expect(host.viewers[0]?.permissions).toEqual([...PERMISSIONS]);
});
