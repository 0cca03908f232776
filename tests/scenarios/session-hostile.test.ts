// A relay that changes, repeats, reorders or holds back records: it ends the session it touched, and nothing else.
import { describe, expect, it } from 'vitest';
import { VIEWER_CONNECTION_LIMITS } from '../../electron/session/viewer-connection.ts';
import { ENVELOPE_BYTES, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import {
  byteByByte,
  drop,
  duplicate,
  flipBit,
  once,
  only,
  swapWithNext,
  type Tamper,
  truncate,
} from '../fakes/hostile-transport.ts';
import { SOON, seesPictures, stage } from './session-stage.ts';

const isReliable = (message: Uint8Array) => message[0] === MessageType.reliable;
const isMedia = (message: Uint8Array) => message[0] === MessageType.media;

const RECORD_TAMPERS: [string, () => Tamper][] = [
  ['one bit of the ciphertext', () => once(isReliable, flipBit(ENVELOPE_BYTES))],
  ['one bit of the tag', () => once(isReliable, flipBit(-1))],
  ['the number in the header', () => once(isReliable, flipBit(8))],
  ['a repeated record', () => once(isReliable, duplicate)],
  ['a dropped record', () => once(isReliable, drop)],
  ['two records swapped', () => swapWithNext(isReliable)],
  ['a cut record', () => once(isReliable, truncate(ENVELOPE_BYTES + 10))],
];

describe.each(RECORD_TAMPERS)('on the way to the host: %s', (_, tamper) => {
  it('ends that session, with everything let go, and no other', async () => {
    const { host, admitted } = await stage();
    const bystander = await admitted();
    const victim = await admitted();
    const [, { id }] = host.viewers as [unknown, { id: string }];
    victim.control.outgoing = tamper();
    victim.session.sendInput([{ kind: 'key', code: 'KeyA', down: true }]);
    victim.session.sendInput([{ kind: 'key', code: 'KeyA', down: false }]);
    await expect.poll(() => host.viewers.map((viewer) => viewer.id), SOON).not.toContain(id);
    expect(host.activity.at(-1)).toMatchObject({
      kind: 'left',
      viewer: expect.objectContaining({ id }),
      reason: 'tampered',
    });
    expect(host.sink.calls).toEqual(['dismiss']);
    await expect.poll(() => victim.state.phase, SOON).toBe('ended');
    expect(bystander.state.phase).toBe('active');
    await seesPictures(host, bystander);
  });
});

describe.each(RECORD_TAMPERS)('on the way to the viewer: %s', (_, tamper) => {
  it('ends that session, and no other', async () => {
    const { host, admitted } = await stage();
    const bystander = await admitted();
    const victim = await admitted();
    victim.control.incoming = tamper();
    await expect.poll(() => victim.state.phase, SOON).toBe('ended');
    expect(victim.state.error?.reason).toBe('tampered');
    await expect.poll(() => host.viewers.filter(({ connected }) => connected).length, SOON).toBe(1);
    expect(bystander.state.phase).toBe('active');
    await seesPictures(host, bystander);
  });
});

describe.each<[string, () => Tamper]>([
  ['one bit', () => once(isMedia, flipBit(-1))],
  ['a repeated picture', () => once(isMedia, duplicate)],
  ['two pictures swapped', () => swapWithNext(isMedia)],
  ['a cut picture', () => once(isMedia, truncate(ENVELOPE_BYTES + 3))],
])('a picture with %s', (_, tamper) => {
  it('ends the session of the viewer that got it, and is never shown', async () => {
    const { host, admitted } = await stage();
    const bystander = await admitted();
    const victim = await admitted();
    const seen = victim.frames.length;
    victim.control.incoming = tamper();
    host.source.capture();
    host.source.capture();
    await expect.poll(() => victim.state.phase, SOON).toBe('ended');
    expect(victim.state.error?.reason).toBe('tampered');
    expect(victim.frames.length).toBeLessThanOrEqual(seen + 1);
    await seesPictures(host, bystander);
  });
});

describe('a relay that garbles the handshake', () => {
  const isHandshake = (type: number) => (message: Uint8Array) =>
    message[0] === MessageType.handshake && message[ENVELOPE_BYTES] === type;

  it.each([
    ['HS1', 'outgoing', once(isHandshake(1), flipBit(ENVELOPE_BYTES + 30))],
    ['HS1, a byte at a time', 'outgoing', once(isHandshake(1), byteByByte)],
    ['HS2', 'incoming', once(isHandshake(2), flipBit(ENVELOPE_BYTES + 30))],
    ['HS3', 'outgoing', once(isHandshake(3), flipBit(-1))],
    ['HS4', 'incoming', once(isHandshake(4), flipBit(-1))],
  ] as const)('%s: nobody gets in', async (_, way, tamper) => {
    const { host, connect } = await stage();
    const viewer = await connect({
      prepare: (control) => {
        control[way] = tamper;
      },
    });
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.phases).not.toContain('active');
    expect(viewer.frames).toEqual([]);
    await expect.poll(() => host.viewers.filter(({ connected }) => connected), SOON).toEqual([]);
  });
});

it('a relay that sends a viewer bytes one at a time is no relay', async () => {
  const { host, admitted } = await stage();
  const viewer = await admitted();
  viewer.control.incoming = byteByByte;
  host.source.capture();
  await expect.poll(() => viewer.state.phase, SOON).not.toBe('active');
  expect(viewer.state.error?.reason).toBe('malformed');
});

it('a relay that holds everything back makes the picture old, and the viewer knows', async () => {
  const { admitted } = await stage();
  const viewer = await admitted();
  viewer.control.frozen = true;
  await expect.poll(() => viewer.links.at(-1)?.silentMs ?? 0, SOON).toBeGreaterThan(1_800);
});

it('a relay that sends pictures before the host has let the viewer in is not listened to for long', async () => {
  const { connect } = await stage();
  const viewer = await connect({
    prepare: (control) => {
      control.incoming = only((message) => message[0] === MessageType.handshake && message[ENVELOPE_BYTES] === 4, drop);
    },
  });
  await expect.poll(() => viewer.state.phase, SOON).toBe('awaiting-consent');
  const sizeBytes = 1024 * 1024;
  const picture = encodeMessage(envelope(MessageType.media), new Uint8Array(sizeBytes));
  let sent = 0;
  for (; viewer.state.phase === 'awaiting-consent' && sent < 100; sent += 1) viewer.control.deliver(picture);
  expect(viewer.state.error?.reason).toBe('limit-reached');
  expect((sent - 1) * sizeBytes).toBeLessThanOrEqual(VIEWER_CONNECTION_LIMITS.maxEarlyBytes);
});
