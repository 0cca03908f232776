import { describe, expect, it } from 'vitest';
import type { InputInjected, LinkStatistics } from '../../shared/ipc/media.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { DEFAULT_PICTURE_PREFERENCES } from '../../shared/model/picture-budget.ts';
import { decodeMessage } from '../../shared/wire/envelope.ts';
import { displayToHostMessage } from '../../shared/wire/messages/display-channel.ts';
import { decodeInput } from '../../shared/wire/messages/input.ts';
import { decodeMeasuring, encodeInputInjected, isAboutMeasuring } from '../../shared/wire/messages/measuring.ts';
import { permissionsUpdateMessage } from '../../shared/wire/messages/permissions-update.ts';
import { Channel, type ReliableMessage } from '../../shared/wire/reliable.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import { GroupOpen } from './group-seal.ts';
import { INPUT_OUTBOX_LIMITS } from './input-outbox.ts';
import { RecordLink } from './record-link.ts';
import { SealedChannel } from './sealed-channel.ts';
import { VIEWER_CHANNEL_LIMITS, ViewerChannels } from './viewer-channels.ts';

const key = (down: boolean): InputEvent => ({ kind: 'key', code: 'KeyA', down });
const move = (xPx: number): InputEvent => ({ kind: 'move', xPx, yPx: 0 });

function makeChannels() {
  const clock = new FakeClock();
  const primitives = nodePrimitives;
  const keys = [primitives.randomBytes(32), primitives.randomBytes(32)] as const;
  const host = new SealedChannel(primitives, { send: keys[1].slice(), receive: keys[0].slice() });
  const heard: ReliableMessage[] = [];
  const hostSide = new RecordLink(host, () => undefined);
  const records = new RecordLink(
    new SealedChannel(primitives, { send: keys[0].slice(), receive: keys[1].slice() }),
    (message) => {
      const { header, body } = decodeMessage(message);
      heard.push(hostSide.open(header, body));
    },
  );
  const wire = { queuedBytes: 0, receivedBytes: 0, sentBytes: 0 };
  const links: LinkStatistics[] = [];
  const injected: InputInjected[] = [];
  const channels = new ViewerChannels({
    clock,
    onFrame: () => undefined,
    onCursor: () => undefined,
    onLink: (statistics) => links.push(statistics),
    onInputInjected: (one) => injected.push(one),
    onPermissions: () => undefined,
    onSources: () => undefined,
    onPictureProblem: () => undefined,
    onPairingNews: () => undefined,
    onPaired: () => undefined,
    onEnd: () => undefined,
  });
  const granted = { records, group: new GroupOpen(primitives, () => true) };
  const attach = () => channels.attach(granted, wire);
  attach();
  const input = () => heard.filter(({ channel }) => channel === Channel.input).flatMap(({ body }) => decodeInput(body));
  const displayAll = () =>
    heard.filter(({ channel }) => channel === Channel.display).map(({ body }) => displayToHostMessage.decode(body));
  const display = () => displayAll().filter(({ op }) => op !== 'picture-preferences');
  const wishes = () => displayAll().filter(({ op }) => op === 'picture-preferences');
  const say = (channel: Channel, body: Uint8Array) => {
    let message = new Uint8Array();
    new RecordLink(host, (bytes) => {
      message = bytes.slice();
    }).send(channel, body);
    const { header, body: sealed } = decodeMessage(message);
    channels.receive(header, sealed);
  };
  const measuring = () =>
    heard
      .filter(({ channel, body }) => channel === Channel.stats && isAboutMeasuring(body))
      .map(({ body }) => decodeMeasuring(body).on);
  return { clock, wire, channels, attach, links, injected, input, display, wishes, measuring, say };
}

describe('ViewerChannels', () => {
  it('sends input at once while the link takes it', () => {
    const { channels, input } = makeChannels();
    channels.sendInput([key(true), key(false)]);
    expect(input()).toEqual([key(true), key(false)]);
  });

  it('holds input back while the link is blocked, joins moves, and sends it when the link has drained', () => {
    const { channels, wire, clock, input } = makeChannels();
    wire.queuedBytes = VIEWER_CHANNEL_LIMITS.maxQueuedBytes;
    for (let xPx = 0; xPx < 1_000; xPx++) channels.sendInput([move(xPx)]);
    channels.sendInput([key(true)]);
    clock.advance(10 * VIEWER_CHANNEL_LIMITS.flushAgainMs);
    expect(input()).toEqual([]);
    wire.queuedBytes = 0;
    clock.advance(VIEWER_CHANNEL_LIMITS.flushAgainMs);
    expect(input()).toEqual([move(999), key(true)]);
  });

  it('gives old input up rather than queue it for long, and lets go of everything', () => {
    const { channels, wire, clock, input } = makeChannels();
    wire.queuedBytes = VIEWER_CHANNEL_LIMITS.maxQueuedBytes;
    for (let count = 0; count <= INPUT_OUTBOX_LIMITS.maxWaiting; count++) channels.sendInput([key(count % 2 === 0)]);
    wire.queuedBytes = 0;
    clock.advance(VIEWER_CHANNEL_LIMITS.flushAgainMs);
    expect(input()).toEqual([{ kind: 'release-all' }]);
  });

  it.each(['the connection is lost', 'control is taken away'])('forgets what waited when %s', (why) => {
    const { channels, attach, wire, clock, input, say } = makeChannels();
    wire.queuedBytes = VIEWER_CHANNEL_LIMITS.maxQueuedBytes;
    channels.sendInput([key(true)]);
    if (why === 'control is taken away')
      say(Channel.permissions, permissionsUpdateMessage.encode({ permissionBits: 1 }));
    else {
      channels.detach();
      channels.sendInput([key(true)]);
      attach();
    }
    wire.queuedBytes = 0;
    channels.sendInput([move(1)]);
    clock.advance(1_000);
    expect(input()).toEqual([move(1)]);
  });

  it('asks the host to measure with it while it does, over a new connection too', () => {
    const { channels, attach, measuring } = makeChannels();
    channels.setMeasuring(true);
    channels.setMeasuring(true);
    channels.detach();
    attach();
    channels.setMeasuring(false);
    channels.detach();
    attach();
    expect(measuring()).toEqual([true, true, false]);
  });

  it('says when the input came that the host has carried out, while it measures', () => {
    const { channels, injected, say } = makeChannels();
    const answer = (inputId: number) =>
      say(Channel.stats, encodeInputInjected({ kind: 'injected', inputId, injectedAtUs: 7_000_500 }));
    channels.sendInput([key(true)], 10);
    answer(0);
    channels.setMeasuring(true);
    channels.sendInput([move(1)], 20);
    channels.sendInput([key(true)], 30.5);
    for (const inputId of [1, 2, 2, 99]) answer(inputId);
    expect(injected).toEqual([{ inputAtMs: 30.5, injectedAtMs: 7_000.5 }]);
  });

  it('says each second how the link is', () => {
    const { channels, wire, clock, links } = makeChannels();
    wire.receivedBytes = 125_000;
    clock.advance(VIEWER_CHANNEL_LIMITS.statisticsEveryMs);
    expect(links).toHaveLength(1);
    expect(links[0]).toMatchObject({ receivedBitsPerSecond: 1_000_000, receivedBytes: 125_000, roundTripMs: null });
    channels.detach();
    clock.advance(10_000);
    expect(links).toHaveLength(1);
  });

  it('says what the user wishes of the picture, and says it again over every connection', () => {
    const { channels, attach, wishes } = makeChannels();
    const wish = { mode: 'sharp', maxFramesPerSecond: 15, greyscale: true } as const;
    channels.setPicturePreferences(wish);
    channels.detach();
    channels.setPicturePreferences({ ...wish, greyscale: false });
    attach();
    expect(wishes()).toEqual([
      { op: 'picture-preferences', ...DEFAULT_PICTURE_PREFERENCES },
      { op: 'picture-preferences', ...wish },
      { op: 'picture-preferences', ...wish, greyscale: false },
    ]);
  });

  it('tells the host which codec does not work', () => {
    const { channels, display } = makeChannels();
    channels.reportTrouble({ kind: 'codec-failed', codec: 'av1', detail: 'no decoder' });
    expect(display()).toEqual([{ op: 'codec-failed', codec: 'av1' }]);
  });

  it('refuses what only a viewer may say', () => {
    const { say } = makeChannels();
    expect(() => say(Channel.input, new Uint8Array(16))).toThrow(expect.objectContaining({ reason: 'malformed' }));
  });
});
