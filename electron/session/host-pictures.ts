// Owns the pictures on their way out of the host: sealed once for all who watch, and made only while somebody does.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { PictureBudget, PicturePreferences } from '../../shared/model/picture-budget.ts';
import { type CursorShape, type MediaFrame, VIDEO_LIMITS, type VideoCodec } from '../../shared/model/video.ts';
import { EVERYBODY, MessageType } from '../../shared/wire/envelope.ts';
import type { Alive } from '../../shared/wire/messages/alive.ts';
import { type CursorMessage, encodeCursor } from '../../shared/wire/messages/cursor.ts';
import type { GroupKey } from '../../shared/wire/messages/group-key.ts';
import { encodeMedia } from '../../shared/wire/messages/media.ts';
import type { PictureFeedback } from '../../shared/wire/messages/picture-feedback.ts';
import type { CursorUpdate, PictureEvents, PictureSource } from '../capture/picture-source.ts';
import { Allowance } from './allowance.ts';
import type { GroupSeal } from './group-seal.ts';
import { mergedPreferences } from './rate/merged-preferences.ts';
import { budgetFor, differsMuch, wishedBitsPerSecond } from './rate/picture-budgets.ts';
import { RoomRate } from './rate/room-rate.ts';

export const HOST_PICTURE_LIMITS = {
  /** With more than this waiting to leave the machine nothing is encoded: it would only grow old. */
  maxQueuedBytes: 256 * 1024,
  /** Key frames are large: whoever asks, and however often. */
  keyFramesPerSecond: 2,
  /** Of so many pictures a second a viewer that measures hears how long they took: the bytes are better spent. */
  stagesPerSecond: 10,
  /** A budget falls at once and rises no more often than this: encoders do not like to be changed. */
  raiseEveryMs: 200,
  /** Nobody has been too slow for so long: frames that can be left out are of no use any more. */
  layersKeptMs: 30_000,
  /** Nothing sent for this long: say that nothing has changed. */
  aliveEveryMs: 1_000,
} as const;

/** Streams of the group key: each has its own sequence, and so its own nonces. */
export const PictureStream = {
  frames: 0,
  cursor: 1,
  /** Apart from positions, so that a relay that forwards only the newest of a stream never loses a shape. */
  cursorShape: 2,
} as const;
type PictureStream = (typeof PictureStream)[keyof typeof PictureStream];

/** Somebody who watches. */
export interface Watcher {
  readonly id: string;
  readonly decoders: readonly VideoCodec[];
  readonly preferences: PicturePreferences;
  /** It wants to know how long pictures take. */
  readonly measuring: boolean;
  giveKey(key: GroupKey): void;
  sendAlive(alive: Alive): void;
}

export interface HostPicturesOptions {
  source: PictureSource;
  clock: Clock;
  log: Log;
  group: Pick<GroupSeal, 'turn' | 'seal' | 'close'>;
  broadcast(message: Uint8Array): void;
  queuedBytes(): number;
  onProblem(error: TarnetError | null): void;
  onSource(source: CaptureSource): void;
}

export class HostPictures {
  readonly #options: HostPicturesOptions;
  readonly #keyFrames: Allowance;
  readonly #stages: Allowance;
  readonly #rate: RoomRate;
  #watchers: readonly Watcher[] = [];
  /** Goes on counting from epoch to epoch, so that a viewer sees a gap wherever it is. */
  #frames = 0;
  /** The newest that others may need; null before the first. */
  #newestNeeded: number | null = null;
  /** Discardable ones since then. */
  #discardable = 0;
  #sourceId: string | null = null;
  /** Counts starts of the source: what an earlier start still reports is not ours any more. */
  #run = 0;
  #running: boolean = false;
  #problem: TarnetError | null = null;
  #position: CursorUpdate | null = null;
  #shape: CursorShape | null = null;
  #cursorWaits: boolean = false;
  #budget: PictureBudget | null = null;
  #budgetAtMs = 0;
  /** When somebody was last too slow for the pace; null while nobody has been. */
  #followedAtMs: number | null = null;
  #sentAtMs = 0;
  #cancelKeyFrame: (() => void) | null = null;
  #cancelAlive: (() => void) | null = null;

  constructor(options: HostPicturesOptions) {
    this.#options = options;
    this.#rate = new RoomRate(options.clock);
    this.#keyFrames = new Allowance(options.clock, 1, HOST_PICTURE_LIMITS.keyFramesPerSecond);
    const { stagesPerSecond } = HOST_PICTURE_LIMITS;
    this.#stages = new Allowance(options.clock, stagesPerSecond / 2, stagesPerSecond);
  }

  get sourceId(): string | null {
    return this.#sourceId;
  }

  get problem(): TarnetError | null {
    return this.#problem;
  }

  /**
   * These viewers and no others can see what comes from now on. Called whenever somebody joins, leaves or may do
   * something else: each time with a new key, so that who is not among them cannot open one more picture.
   */
  setWatchers(watchers: readonly Watcher[]): void {
    const known = new Set(this.#watchers.map((watcher) => watcher.id));
    const joined = watchers.some((watcher) => !known.has(watcher.id));
    this.#watchers = watchers;
    this.#rate.setViewers(watchers.map(({ id }) => id));
    if (watchers.length === 0) {
      this.#halt();
      this.#options.group.close();
      return;
    }
    this.#turnKey();
    this.#options.source.setDecoders(decodersOfAll(watchers));
    this.#budgetPictures();
    if (!this.#running) this.#begin();
    else if (joined) this.requestKeyFrame();
    if (joined) this.#sendCursor(true);
  }

  /** Shows another source, now or when somebody watches. */
  selectSource(sourceId: string): void {
    if (this.#sourceId === sourceId) return;
    this.#sourceId = sourceId;
    if (this.#watchers.length > 0) this.#begin();
  }

  /** Asks for a key frame, at once or as soon as the limit allows; requests that wait are one. */
  requestKeyFrame(): void {
    if (!this.#running || this.#cancelKeyFrame) return;
    if (this.#keyFrames.take()) {
      this.#options.source.requestKeyFrame();
      return;
    }
    this.#cancelKeyFrame = this.#options.clock.after(Math.ceil(this.#keyFrames.waitMs()), () => {
      this.#cancelKeyFrame = null;
      this.requestKeyFrame();
    });
  }

  /** The decoders of a viewer have changed. */
  decodersChanged(): void {
    this.#options.source.setDecoders(decodersOfAll(this.#watchers));
    this.requestKeyFrame();
  }

  /** The wishes of a viewer have changed. */
  preferencesChanged(): void {
    this.#budgetPictures();
  }

  /** What a viewer says has come of the pictures. Throws `malformed` when that cannot be. */
  feedback(viewerId: string, feedback: PictureFeedback): void {
    this.#rate.feedback(viewerId, feedback);
    const sinceMs = this.#options.clock.monotonicMs() - this.#budgetAtMs;
    this.#budgetPictures(sinceMs >= HOST_PICTURE_LIMITS.raiseEveryMs);
  }

  /** How long a viewer took to answer when nothing was on its way yet. */
  roundTrip(viewerId: string, roundTripMs: number): void {
    this.#rate.roundTrip(viewerId, roundTripMs);
  }

  /** The relay has nothing on its way to this viewer any more: what has not come was dropped. */
  drained(viewerId: string): void {
    this.#rate.drained(viewerId);
  }

  viewerActed(): void {
    if (this.#running) this.#options.source.viewerActed();
  }

  #budgetPictures(mayRaise = true): void {
    const wishes = mergedPreferences(this.#watchers.map(({ preferences }) => preferences));
    this.#rate.setWishedBitsPerSecond(wishedBitsPerSecond(wishes));
    const budget = budgetFor(wishes, this.#rate.bitsPerSecond, this.#wantsLayers());
    const last = this.#budget;
    if (last && !differsMuch(budget, last)) return;
    if (last && !mayRaise && budget.bitsPerSecond > last.bitsPerSecond) return;
    this.#budget = budget;
    this.#budgetAtMs = this.#options.clock.monotonicMs();
    this.#options.source.setBudget(budget);
  }

  /** Layers cost bytes, and going over to them and back costs everybody a key frame. */
  #wantsLayers(): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#rate.hasFollowers) this.#followedAtMs = nowMs;
    const { layersKeptMs } = HOST_PICTURE_LIMITS;
    if (this.#watchers.length < 2 || (this.#followedAtMs ?? Number.NEGATIVE_INFINITY) + layersKeptMs < nowMs)
      this.#followedAtMs = null;
    return this.#followedAtMs !== null;
  }

  #turnKey(): void {
    const epoch = this.#options.group.turn(this.#watchers.length > 1);
    const key: GroupKey = { op: 'group-key', ...epoch, key: epoch.key.slice(), firstFrame: this.#frames };
    for (const watcher of this.#watchers) watcher.giveKey(key);
  }

  #begin(): void {
    if (this.#sourceId === null) {
      this.#setProblem(new TarnetError('capture-failed', 'nothing is chosen to be shown'));
      return;
    }
    this.#run += 1;
    this.#running = true;
    this.#sentAtMs = this.#options.clock.monotonicMs();
    if (!this.#cancelAlive) this.#scheduleAlive();
    const run = this.#run;
    this.#options.source.start(this.#sourceId, this.#eventsOf(run)).then(
      () => {
        if (run === this.#run && this.#running) this.#setProblem(null);
      },
      (error: unknown) => {
        if (run === this.#run && this.#running) this.#setProblem(TarnetError.from(error));
      },
    );
  }

  #halt(): void {
    this.#cancelKeyFrame?.();
    this.#cancelAlive?.();
    this.#cancelKeyFrame = null;
    this.#cancelAlive = null;
    this.#shape = null;
    this.#position = null;
    this.#run += 1;
    if (!this.#running) return;
    this.#running = false;
    this.#options.source.stop();
    this.#setProblem(null);
  }

  #eventsOf(run: number): PictureEvents {
    const current = () => this.#running && run === this.#run;
    return {
      onFrame: (frame) => {
        if (current()) this.#sendFrame(frame);
      },
      onCursor: (update) => {
        if (!current()) return;
        this.#position = update;
        this.#shape = update.shape ?? this.#shape;
        this.#sendCursor(update.shape !== null);
      },
      onSource: (source) => {
        if (current()) this.#options.onSource(source);
      },
      onProblem: (error) => {
        if (current()) this.#setProblem(error);
      },
      mayEncode: () => current() && !this.#isBlocked() && this.#rate.hasRoom,
    };
  }

  #isBlocked(): boolean {
    return this.#options.queuedBytes() >= HOST_PICTURE_LIMITS.maxQueuedBytes;
  }

  #sendFrame(frame: MediaFrame): void {
    const number = this.#frames;
    this.#frames += 1;
    try {
      const { flags, body } = encodeMedia(this.#described(frame));
      const sizeBytes = this.#send(MessageType.media, PictureStream.frames, flags, body);
      this.#rate.pictureSent(number, sizeBytes);
    } catch (error) {
      this.#options.log.warn('picture update not sent', { reason: TarnetError.from(error).reason });
      this.#discardable = 0;
      this.#newestNeeded = number;
      // What follows may need this frame. An epoch that starts behind it makes the viewers see that it is missing.
      this.#turnKey();
      this.requestKeyFrame();
      return;
    }
    this.#discardable = frame.discardable ? this.#discardable + 1 : 0;
    if (!frame.discardable) this.#newestNeeded = number;
    this.#sentAtMs = this.#options.clock.monotonicMs();
    if (this.#cursorWaits) this.#sendCursor(true);
  }

  /** With what the viewers need to know of it besides the picture. */
  #described({ stages, ...frame }: MediaFrame): MediaFrame {
    const discardableBefore = Math.min(this.#discardable, VIDEO_LIMITS.maxDiscardableBefore);
    const described = discardableBefore > 0 ? { ...frame, discardableBefore } : frame;
    if (!stages || !this.#watchers.some(({ measuring }) => measuring) || !this.#stages.take()) return described;
    const { captureMs, compareMs, encodeMs } = stages;
    const ageMs = this.#options.clock.nowMs() - frame.captureTimeUs / 1000;
    return { ...described, stages: { ...stages, queueMs: ageMs - captureMs - compareMs - encodeMs } };
  }

  #sendCursor(withShape: boolean): void {
    const position = this.#position;
    if (!position) return;
    if (this.#isBlocked()) {
      this.#cursorWaits = true;
      return;
    }
    this.#cursorWaits = false;
    const shape = withShape ? this.#shape : null;
    const message: CursorMessage = { xPx: position.xPx, yPx: position.yPx, visible: position.visible, shape };
    const stream = shape ? PictureStream.cursorShape : PictureStream.cursor;
    try {
      this.#send(MessageType.cursor, stream, 0, encodeCursor(message));
    } catch (error) {
      this.#options.log.warn('cursor not sent', { reason: TarnetError.from(error).reason });
    }
  }

  /** Returns the size on the wire, bytes. */
  #send(type: MessageType, stream: PictureStream, flags: number, plaintext: Uint8Array): number {
    const { message } = this.#options.group.seal({ type, stream, flags, peer: EVERYBODY }, plaintext);
    this.#options.broadcast(message);
    return message.length;
  }

  #scheduleAlive(): void {
    this.#cancelAlive = this.#options.clock.after(HOST_PICTURE_LIMITS.aliveEveryMs, () => {
      this.#scheduleAlive();
      if (this.#cursorWaits) this.#sendCursor(true);
      const silentMs = this.#options.clock.monotonicMs() - this.#sentAtMs;
      // While there is a problem the picture is not still but missing: silence says so.
      if (this.#problem !== null || silentMs < HOST_PICTURE_LIMITS.aliveEveryMs) return;
      const alive: Alive = { op: 'alive', newestSeq: this.#newestNeeded };
      for (const watcher of this.#watchers) watcher.sendAlive(alive);
    });
  }

  #setProblem(problem: TarnetError | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem);
  }
}

/** What every watcher can decode, in the order of the first one's preference. */
function decodersOfAll(watchers: readonly Watcher[]): VideoCodec[] {
  const [first, ...others] = watchers;
  return (first?.decoders ?? []).filter((codec) => others.every((watcher) => watcher.decoders.includes(codec)));
}
