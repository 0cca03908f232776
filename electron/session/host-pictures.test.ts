import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import { DEFAULT_PICTURE_PREFERENCES, UNBOUNDED_PICTURE_BUDGET } from '../../shared/model/picture-budget.ts';
import type { VideoCodec } from '../../shared/model/video.ts';
import {
  decodeMessage,
  type Envelope,
  EVERYBODY,
  encodeMessage,
  envelope,
  MessageType,
} from '../../shared/wire/envelope.ts';
import type { Alive } from '../../shared/wire/messages/alive.ts';
import { decodeCursor } from '../../shared/wire/messages/cursor.ts';
import type { GroupKey } from '../../shared/wire/messages/group-key.ts';
import { decodeMedia } from '../../shared/wire/messages/media.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { FakePictureSource } from '../../tests/fakes/fake-picture-source.ts';
import type { GroupSeal } from './group-seal.ts';
import { HOST_PICTURE_LIMITS, HostPictures, PictureStream, type Watcher } from './host-pictures.ts';

const SHAPE = { widthPx: 1, heightPx: 1, hotXPx: 0, hotYPx: 0, rgba: new Uint8Array([1, 2, 3, 4]) };

/** Counts as GroupSeal does, and does not encrypt. */
function plainGroup(): Pick<GroupSeal, 'turn' | 'seal' | 'close'> {
  let epoch = 0;
  const seqs = new Map<number, number>();
  return {
    turn(signed) {
      epoch += 1;
      seqs.clear();
      return { epoch, key: new Uint8Array(32).fill(epoch), signed };
    },
    seal(fields, plaintext) {
      const seq = seqs.get(fields.stream) ?? 0;
      seqs.set(fields.stream, seq + 1);
      return { message: encodeMessage(envelope(fields.type, { ...fields, epoch, seq }), plaintext), epoch, seq };
    },
    close: () => undefined,
  };
}

function makePictures() {
  const clock = new FakeClock();
  const source = new FakePictureSource();
  const sent: { header: Envelope; body: Uint8Array }[] = [];
  const problems: (string | null)[] = [];
  const link = { queuedBytes: 0 };
  const pictures = new HostPictures({
    source,
    clock,
    log: silentLog,
    group: plainGroup(),
    broadcast: (message) => sent.push(decodeMessage(message)),
    queuedBytes: () => link.queuedBytes,
    onProblem: (error) => problems.push(error?.reason ?? null),
    onSource: () => undefined,
  });
  const watcher = (id: string, decoders: VideoCodec[] = ['av1', 'h264'], measuring = false) => {
    const keys: GroupKey[] = [];
    const alive: Alive[] = [];
    const watching: Watcher = {
      id,
      decoders,
      preferences: DEFAULT_PICTURE_PREFERENCES,
      measuring,
      giveKey: (key) => keys.push(key),
      sendAlive: (message) => alive.push(message),
    };
    return Object.assign(watching, { keys, alive });
  };
  return { clock, source, sent, problems, link, pictures, watcher };
}

describe('HostPictures', () => {
  it('works only while somebody watches', () => {
    const { pictures, source, watcher, clock } = makePictures();
    pictures.selectSource('screen:0');
    expect(source.calls).toEqual([]);
    pictures.setWatchers([watcher('a')]);
    expect(source.calls).toEqual(['start screen:0']);
    pictures.setWatchers([]);
    expect(source.calls).toEqual(['start screen:0', 'stop']);
    expect(clock.pending).toBe(0);
  });

  it('gives a new key to exactly those who watch, signed from the second on', () => {
    const { pictures, watcher } = makePictures();
    const [a, b] = [watcher('a'), watcher('b')];
    pictures.setWatchers([a]);
    pictures.setWatchers([a, b]);
    pictures.setWatchers([b]);
    expect(a.keys.map(({ epoch, signed }) => ({ epoch, signed }))).toEqual([
      { epoch: 1, signed: false },
      { epoch: 2, signed: true },
    ]);
    expect(b.keys.map(({ epoch }) => epoch)).toEqual([2, 3]);
  });

  it('sends each frame once, to everybody, under its epoch, and says with the key how many came before', () => {
    const { pictures, source, watcher, sent } = makePictures();
    pictures.selectSource('screen:0');
    const a = watcher('a');
    pictures.setWatchers([a]);
    source.capture();
    pictures.setWatchers([a, watcher('b')]);
    source.capture();
    expect(sent.map(({ header }) => [header.type, header.peer, header.epoch, header.seq])).toEqual([
      [MessageType.media, EVERYBODY, 1, 0],
      [MessageType.media, EVERYBODY, 2, 0],
    ]);
    expect(a.keys.map(({ firstFrame }) => firstFrame)).toEqual([0, 1]);
    expect(sent.map(({ header, body }) => decodeMedia(header.flags, body))).toEqual(source.made);
  });

  it('asks for frames that can be left out only while somebody is too slow for the others, and a while longer', () => {
    const { clock, pictures, source, watcher } = makePictures();
    pictures.selectSource('screen:0');
    const [fast, slow] = [watcher('fast'), watcher('slow')];
    pictures.setWatchers([fast, slow]);
    let seq = -1;
    let receivedBytes = 0;
    const capture = (sizeBytes: number) => {
      source.capture(sizeBytes);
      seq += 1;
      receivedBytes += sizeBytes;
    };
    const came = (id: string) => {
      const arrivedMs = clock.monotonicMs();
      pictures.feedback(id, { seq, waitingFrames: 0, arrivedMs, heldMs: 0, roundTripMs: 1, receivedBytes });
    };
    capture(1_000);
    for (const id of ['fast', 'slow']) came(id);
    capture(60_000);
    clock.advance(5);
    came('fast');
    expect(source.budget?.layered).toBeUndefined();
    clock.advance(600);
    came('slow');
    expect(source.budget?.layered).toBe(true);
    pictures.setWatchers([fast, watcher('another')]);
    clock.advance(HOST_PICTURE_LIMITS.layersKeptMs);
    pictures.preferencesChanged();
    expect(source.budget?.layered).toBe(true);
    clock.advance(1);
    pictures.preferencesChanged();
    expect(source.budget?.layered).toBeUndefined();
  });

  it('tells the source what the viewers wish together, once', () => {
    const { pictures, source, watcher } = makePictures();
    pictures.selectSource('screen:0');
    const thrifty = { ...DEFAULT_PICTURE_PREFERENCES, mode: 'low-data', greyscale: true } as const;
    const a = Object.assign(watcher('a'), { preferences: thrifty });
    pictures.setWatchers([a]);
    expect(source.budget).toMatchObject({ mode: 'low-data', greyscale: true, framesPerSecond: 10 });
    const first = source.budget;
    pictures.preferencesChanged();
    expect(source.budget).toBe(first);
    pictures.setWatchers([a, watcher('b')]);
    expect(source.budget).toEqual(UNBOUNDED_PICTURE_BUDGET);
  });

  it('asks for a key frame when somebody joins, not when somebody leaves', () => {
    const { pictures, source, watcher, clock } = makePictures();
    pictures.selectSource('screen:0');
    const [a, b] = [watcher('a'), watcher('b')];
    pictures.setWatchers([a]);
    pictures.setWatchers([a, b]);
    expect(source.calls).toEqual(['start screen:0', 'key frame']);
    clock.advance(10_000);
    pictures.setWatchers([a]);
    expect(source.calls).toEqual(['start screen:0', 'key frame']);
  });

  it('grants at most two key frames a second however many are asked for, and forgets none', () => {
    const { pictures, source, watcher, clock } = makePictures();
    pictures.selectSource('screen:0');
    pictures.setWatchers([watcher('a')]);
    for (let ms = 0; ms < 3000; ms += 10) {
      pictures.requestKeyFrame();
      clock.advance(10);
    }
    const granted = () => source.calls.filter((call) => call === 'key frame').length;
    expect(granted()).toBeGreaterThanOrEqual(6);
    expect(granted()).toBeLessThanOrEqual(7);
    const before = granted();
    pictures.requestKeyFrame();
    clock.advance(1000);
    expect(granted()).toBeGreaterThan(before);
  });

  it('lets nothing be encoded while the link is blocked or nobody watches', () => {
    const { pictures, source, watcher, link } = makePictures();
    pictures.selectSource('screen:0');
    pictures.setWatchers([watcher('a')]);
    const { events } = source;
    link.queuedBytes = HOST_PICTURE_LIMITS.maxQueuedBytes;
    expect(source.capture()).toBe(false);
    link.queuedBytes -= 1;
    expect(source.capture()).toBe(true);
    pictures.setWatchers([]);
    expect(events?.mayEncode()).toBe(false);
  });

  it('offers the codecs that all can decode, in the order of the first', () => {
    const { pictures, source, watcher } = makePictures();
    pictures.setWatchers([watcher('a', ['av1', 'vp9', 'h264']), watcher('b', ['h264', 'av1'])]);
    expect(source.decoders).toEqual(['av1', 'h264']);
  });

  it('says each second that nothing changed, and only then', () => {
    const { pictures, source, watcher, clock } = makePictures();
    pictures.selectSource('screen:0');
    const a = watcher('a');
    pictures.setWatchers([a]);
    source.capture();
    clock.advance(2000);
    expect(a.alive).toEqual([
      { op: 'alive', newestSeq: 0 },
      { op: 'alive', newestSeq: 0 },
    ]);
    for (let seq = 1; seq <= 30; seq++) {
      source.capture();
      clock.advance(100);
      const arrivedMs = clock.monotonicMs();
      pictures.feedback('a', { seq, waitingFrames: 0, arrivedMs, heldMs: 0, roundTripMs: 1, receivedBytes: seq * 500 });
    }
    expect(a.alive).toHaveLength(2);
    source.events?.onProblem(new TarnetError('capture-failed', 'gone'));
    clock.advance(5000);
    expect(a.alive).toHaveLength(2);
  });

  it('tells of a source that cannot be had, and of one that works again', async () => {
    const { pictures, source, watcher, problems } = makePictures();
    source.startError = new TarnetError('capture-failed', 'no such display');
    pictures.selectSource('screen:9');
    pictures.setWatchers([watcher('a')]);
    await expect.poll(() => problems).toEqual(['capture-failed']);
    source.startError = null;
    pictures.selectSource('screen:0');
    await expect.poll(() => problems).toEqual(['capture-failed', null]);
  });

  it('does not listen to a start that was overtaken by another', () => {
    const { pictures, source, watcher, sent } = makePictures();
    pictures.selectSource('screen:0');
    pictures.setWatchers([watcher('a')]);
    const old = source.events;
    pictures.selectSource('screen:1');
    source.capture();
    old?.onFrame(source.made[0]!);
    expect(sent).toHaveLength(1);
    expect(old?.mayEncode()).toBe(false);
  });

  it('leaves a gap in the numbers for a frame that it cannot send, and asks for a key frame', () => {
    const { pictures, source, watcher, sent } = makePictures();
    pictures.selectSource('screen:0');
    const a = watcher('a');
    pictures.setWatchers([a]);
    source.capture();
    source.events?.onFrame({ ...source.made[0]!, widthPx: 0 });
    source.capture();
    const numbers = sent.map(
      ({ header }) => a.keys.find(({ epoch }) => epoch === header.epoch)!.firstFrame + header.seq,
    );
    expect(numbers).toEqual([0, 2]);
    expect(source.calls).toContain('key frame');
  });

  it('says how long pictures took while a viewer measures, a few times a second', () => {
    const { pictures, source, watcher, clock, sent } = makePictures();
    pictures.selectSource('screen:0');
    pictures.setWatchers([watcher('a')]);
    source.capture();
    const frame = { ...source.made[0]!, key: false, configuration: null };
    const stages = { captureMs: 1, compareMs: 2, encodeMs: 3.5, queueMs: 0 };
    const send = () => {
      source.events?.onFrame({ ...frame, captureTimeUs: (clock.nowMs() - 10) * 1000, stages });
      const { header, body } = sent.at(-1)!;
      return decodeMedia(header.flags, body).stages;
    };
    expect(send()).toBeUndefined();
    pictures.setWatchers([watcher('a'), watcher('b', ['av1'], true)]);
    expect(send()).toEqual({ ...stages, queueMs: 3.5 });
    const told: unknown[] = [];
    for (let count = 0; count < 300; count++) {
      clock.advance(10);
      told.push(send());
    }
    const { stagesPerSecond } = HOST_PICTURE_LIMITS;
    expect(told.filter(Boolean).length).toBeGreaterThanOrEqual(3 * stagesPerSecond - 1);
    expect(told.filter(Boolean).length).toBeLessThanOrEqual(4 * stagesPerSecond);
  });

  it('says with each update how many before it may be missing, and which the newest is that may not', () => {
    const { pictures, source, watcher, clock, sent } = makePictures();
    pictures.selectSource('screen:0');
    const a = watcher('a');
    pictures.setWatchers([a]);
    source.capture();
    const send = (discardable: boolean, widthPx = 8) =>
      source.events?.onFrame({ ...source.made[0]!, key: false, configuration: null, discardable, widthPx });
    for (const discardable of [true, true, false, true]) send(discardable);
    expect(sent.map(({ header, body }) => decodeMedia(header.flags, body).discardableBefore ?? 0)).toEqual([
      0, 0, 1, 2, 0,
    ]);
    clock.advance(HOST_PICTURE_LIMITS.aliveEveryMs);
    expect(a.alive.at(-1)).toEqual({ op: 'alive', newestSeq: 3 });
    // one that could not be sent is missed, discardable ones before it or not
    send(false, 0);
    send(false);
    const last = sent.at(-1)!;
    expect(decodeMedia(last.header.flags, last.body).discardableBefore).toBeUndefined();
  });

  it('gives the newest cursor after the link was blocked, and its shape to who joins', () => {
    const { pictures, source, watcher, sent, link } = makePictures();
    pictures.selectSource('screen:0');
    const a = watcher('a');
    pictures.setWatchers([a]);
    const at = (xPx: number, shape: typeof SHAPE | null) =>
      source.events?.onCursor({ xPx, yPx: 0, visible: true, shape });
    const cursors = () =>
      sent
        .filter(({ header }) => header.type === MessageType.cursor)
        .map(({ header, body }) => [header.stream, decodeCursor(body).xPx, decodeCursor(body).shape !== null]);
    at(1, null);
    link.queuedBytes = HOST_PICTURE_LIMITS.maxQueuedBytes;
    at(2, SHAPE);
    at(3, null);
    expect(cursors()).toEqual([[PictureStream.cursor, 1, false]]);
    link.queuedBytes = 0;
    source.capture();
    pictures.setWatchers([a, watcher('b')]);
    expect(cursors().slice(1)).toEqual([
      [PictureStream.cursorShape, 3, true],
      [PictureStream.cursorShape, 3, true],
    ]);
  });
});
