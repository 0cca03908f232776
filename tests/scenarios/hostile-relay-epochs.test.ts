// A viewer that is gone, with every key it was ever given and every message that the host sends from then on, as a relay
// that helps it would have them: it opens all that came before, and not one record more.
import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../electron/pairing/node-primitives.ts';
import { groupNonce } from '../../shared/crypto/nonces.ts';
import { SIGNATURE_BYTES } from '../../shared/crypto/primitives.ts';
import { VIEW_AND_CONTROL } from '../../shared/model/permissions.ts';
import { decodeMessage, envelopeAad, MessageType } from '../../shared/wire/envelope.ts';
import type { GroupKey } from '../../shared/wire/messages/group-key.ts';
import { newIdentity } from '../fakes/handshake-pair.ts';
import { hostileTransport } from '../fakes/hostile-transport.ts';
import { makeRawViewer, type RawViewer } from '../fakes/session-site.ts';
import { caughtUp, SOON, type Stage, seesPictures, stage } from './session-stage.ts';

const SHAPE = { widthPx: 2, heightPx: 2, hotXPx: 0, hotYPx: 0, rgba: new Uint8Array(16) };
const PICTURES: ReadonlySet<number | undefined> = new Set([MessageType.media, MessageType.cursor]);

/** Whether any of these keys opens this record, whatever epoch it says it is of, signed or not. */
function opens(keys: readonly GroupKey[], message: Uint8Array): boolean {
  const { header, body } = decodeMessage(message);
  const nonce = groupNonce(header.stream, header.seq);
  const bodies = [body, body.subarray(0, Math.max(0, body.length - SIGNATURE_BYTES))];
  return keys.some(({ key }) =>
    bodies.some((sealed) => nodePrimitives.open({ key, nonce, aad: envelopeAad(header) }, sealed) !== null),
  );
}

interface Removal {
  scene: Stage;
  leaver: RawViewer;
  /** By what the host knows it. */
  id: string;
  cut(): void;
}

const REMOVALS: [string, (removal: Removal) => unknown][] = [
  ['sent away', ({ scene, id }) => scene.host.room.disconnectViewer(id)],
  ['no longer allowed to see', ({ scene, id }) => scene.host.room.setPermissions(id, new Set(['control']))],
  ['revoked', ({ scene }) => scene.host.devices.revoke(scene.host.devices.devices[0]?.id ?? '')],
  ['gone by itself', ({ leaver }) => leaver.leave()],
  ['lost', ({ cut }) => cut()],
];

describe.each(REMOVALS)('a viewer that is %s', (_, remove) => {
  it('opens what came before, and nothing that comes after', async () => {
    const scene = await stage();
    const { relay, host } = scene;
    const stays = await scene.admitted();
    const identity = newIdentity();
    await host.devices.add('Eve', identity.publicIdentity);
    const { open, control } = hostileTransport(relay.open);
    const byKey = { kind: 'paired', host: scene.identity.publicIdentity } as const;
    const leaver = await makeRawViewer(open, relay.url, byKey, identity);
    await expect.poll(() => leaver.keys.length, SOON).toBe(1);

    const sent: Uint8Array[] = [];
    const { outgoing } = host.control;
    host.control.outgoing = (message) => {
      if (PICTURES.has(message[0])) sent.push(message.slice());
      return outgoing(message);
    };
    const send = async (count: number) => {
      for (let made = 0; made < count; made += 1) {
        // the host waits until what it has sent before has come
        await expect.poll(() => host.source.capture(), SOON).toBe(true);
        host.source.events?.onCursor({ xPx: made, yPx: 1, visible: true, shape: made % 3 === 0 ? SHAPE : null });
      }
      await caughtUp(host, stays);
      return sent.splice(0).map((message) => opens(leaver.keys, message));
    };

    const before = await send(20);
    expect(before).toHaveLength(40);
    expect(before).not.toContain(false);
    const [, leaving] = host.viewers;
    const isWatching = () =>
      host.viewers.some(
        ({ id, connected, permissions }) => id === leaving?.id && connected && permissions.includes('view'),
      );
    await remove({ scene, leaver, id: leaving?.id ?? '', cut: () => control.cut() });
    await expect.poll(isWatching, SOON).toBe(false);

    const after = await send(20);
    // others may come, go and be allowed something else: it makes no difference
    const joins = await scene.admitted();
    after.push(...(await send(20)));
    host.room.setPermissions(host.viewers[0]?.id ?? '', VIEW_AND_CONTROL);
    after.push(...(await send(20)));
    joins.session.close();
    await expect.poll(() => joins.state.phase, SOON).toBe('ended');
    after.push(...(await send(20)));
    expect(after.length).toBeGreaterThanOrEqual(160);
    expect(after).not.toContain(true);
    expect(leaver.keys).toHaveLength(1);
  });
});

it('a viewer that comes opens nothing of what was sent before', async () => {
  const scene = await stage();
  const { relay, host } = scene;
  const first = await scene.admitted();
  const sent: Uint8Array[] = [];
  const { outgoing } = host.control;
  host.control.outgoing = (message) => {
    if (PICTURES.has(message[0])) sent.push(message.slice());
    return outgoing(message);
  };
  for (let count = 0; count < 20; count += 1) await expect.poll(() => host.source.capture(), SOON).toBe(true);
  await caughtUp(host, first);
  const before = sent.splice(0);
  await expect.poll(() => host.code(), SOON).not.toBeNull();
  const second = await makeRawViewer(relay.open, relay.url, host.code() ?? '');
  await expect.poll(() => second.keys.length, SOON).toBe(1);
  await seesPictures(host, first);
  await caughtUp(host, first);
  expect(before.map((message) => opens(second.keys, message))).not.toContain(true);
  expect(before).toHaveLength(20);
  expect(sent.map((message) => opens(second.keys, message))).not.toContain(false);
});
