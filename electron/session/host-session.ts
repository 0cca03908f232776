// Owns one viewer on the host: its phase, what it may do, and every record that comes from it or goes to it.
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { ViewerSummary } from '../../shared/ipc/state.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import type { ProofKind } from '../../shared/model/password.ts';
import { type Permissions, permissionsToBits } from '../../shared/model/permissions.ts';
import { DEFAULT_PICTURE_PREFERENCES, type PicturePreferences } from '../../shared/model/picture-budget.ts';
import type { VideoCodec } from '../../shared/model/video.ts';
import { PAIRING_TRANSITIONS, type PairingEvent, type PairingPhase } from '../../shared/session/pairing-phase.ts';
import { transition } from '../../shared/session/transition-table.ts';
import { VIEWER_TRANSITIONS, type ViewerEvent, type ViewerPhase } from '../../shared/session/viewer-phase.ts';
import type { Envelope } from '../../shared/wire/envelope.ts';
import { aliveMessage } from '../../shared/wire/messages/alive.ts';
import { type DisplayToHost, displayToHostMessage } from '../../shared/wire/messages/display-channel.ts';
import { type DisplayList, displayListMessage } from '../../shared/wire/messages/display-list.ts';
import { endMessage } from '../../shared/wire/messages/end.ts';
import { groupKeyMessage } from '../../shared/wire/messages/group-key.ts';
import type { Hello } from '../../shared/wire/messages/hello.ts';
import { decodeInput } from '../../shared/wire/messages/input.ts';
import { decodeMeasuring, encodeInputInjected, isAboutMeasuring } from '../../shared/wire/messages/measuring.ts';
import { pairedMessage, pairingNewsMessage } from '../../shared/wire/messages/pairing.ts';
import { permissionsUpdateMessage } from '../../shared/wire/messages/permissions-update.ts';
import { decodePictureFeedback, type PictureFeedback } from '../../shared/wire/messages/picture-feedback.ts';
import { pictureProblemMessage } from '../../shared/wire/messages/picture-problem.ts';
import { sessionToHostMessage } from '../../shared/wire/messages/session-channel.ts';
import { decodeTimeSync, encodeTimeSync } from '../../shared/wire/messages/time-sync.ts';
import { Channel } from '../../shared/wire/reliable.ts';
import { Allowance } from './allowance.ts';
import { ChannelGate } from './channel-gate.ts';
import type { Watcher } from './host-pictures.ts';
import type { RecordLink } from './record-link.ts';

export const HOST_SESSION_LIMITS = {
  /** Records that a viewer may send at once, after its link was stuck for a while, and for good. */
  burstRecords: 1_500,
  recordsPerSecond: 400,
  /** Of so many inputs a second a viewer that measures hears when they were injected: enough for a median. */
  injectedPerSecond: 4,
} as const;

/** Who the viewer is, as the handshake has proved or it says itself. */
export interface ViewerDescription {
  hello: Hello;
  address: string;
  /** Words of its identity. */
  fingerprint: string[];
  sas: string;
  /** How it got in, the first time. */
  how: ProofKind;
}

/** What a session asks of the room around it. */
export interface HostSessionEvents {
  /** `inputId` numbers the record in which the events came. */
  onInput(session: HostSession, events: readonly InputEvent[], inputId: number): void;
  onDisplay(session: HostSession, message: DisplayToHost): void;
  onFeedback(session: HostSession, feedback: PictureFeedback): void;
  /** The first record that came after a grant: the viewer has got it. */
  onConfirmed(session: HostSession, afterMs: number): void;
  /** The viewer's user wants to pair the two, or does not. */
  onPairingRequest(session: HostSession, wanted: boolean): void;
  /** The viewer ended it. */
  onEnded(session: HostSession, reason: ErrorReason): void;
}

export class HostSession implements Watcher {
  readonly id: string;
  readonly viewer: PublicIdentity;
  readonly sinceMs: number;
  readonly #clock: Clock;
  readonly #events: HostSessionEvents;
  readonly #records: Allowance;
  readonly #injected: Allowance;
  #description: ViewerDescription;
  #phase: ViewerPhase = 'awaiting-consent';
  readonly #channels: ChannelGate;
  #permissions: Permissions = new Set();
  #decoders: readonly VideoCodec[] = [];
  #preferences: PicturePreferences = DEFAULT_PICTURE_PREFERENCES;
  #pairing: PairingPhase = 'none';
  #peer: number | null = null;
  #link: RecordLink | null = null;
  #confirmed: boolean = false;
  #measuring: boolean = false;
  #attachedAtMs = 0;

  constructor(
    id: string,
    viewer: PublicIdentity,
    description: ViewerDescription,
    clock: Clock,
    events: HostSessionEvents,
  ) {
    this.id = id;
    this.viewer = viewer;
    this.#description = description;
    this.#clock = clock;
    this.#events = events;
    this.sinceMs = clock.nowMs();
    this.#channels = new ChannelGate(clock);
    const { burstRecords, recordsPerSecond, injectedPerSecond } = HOST_SESSION_LIMITS;
    this.#records = new Allowance(clock, burstRecords, recordsPerSecond);
    this.#injected = new Allowance(clock, injectedPerSecond, injectedPerSecond);
    if (description.how === 'paired') this.#pairing = 'paired';
  }

  get phase(): ViewerPhase {
    return this.#phase;
  }

  get peer(): number | null {
    return this.#peer;
  }

  get name(): string {
    return this.#description.hello.name;
  }

  get pairing(): PairingPhase {
    return this.#pairing;
  }

  get how(): ProofKind {
    return this.#description.how;
  }

  get permissions(): Permissions {
    return this.#permissions;
  }

  get decoders(): readonly VideoCodec[] {
    return this.#decoders;
  }

  get preferences(): PicturePreferences {
    return this.#preferences;
  }

  /** The viewer wants to know how long pictures take, and when its input is carried out. */
  get measuring(): boolean {
    return this.#measuring;
  }

  get summary(): ViewerSummary {
    const { hello, address, fingerprint, sas, how } = this.#description;
    return {
      id: this.id,
      name: hello.name,
      system: hello.system,
      address,
      fingerprint,
      sas,
      how,
      pairing: this.#pairing,
      permissions: [...this.#permissions],
      sinceMs: this.sinceMs,
      connected: this.#phase === 'active',
    };
  }

  /** The viewer is let in. */
  grant(permissions: Permissions, peer: number, link: RecordLink): void {
    this.#enter('granted');
    this.#permissions = permissions;
    this.#channels.set(permissions);
    this.#attach(peer, link);
  }

  /** The viewer is back, over another connection. */
  resume(description: ViewerDescription, peer: number, link: RecordLink): void {
    this.#enter('resumed');
    this.#description = description;
    this.#attach(peer, link);
  }

  /** The connection is gone; the session waits for the viewer to come back. */
  drop(): void {
    this.#enter('dropped');
    this.#detach();
  }

  /** Over for good; tells the viewer why when it can still hear it. */
  end(reason: ErrorReason): void {
    this.#send(Channel.session, endMessage.encode({ op: 'end', reason }));
    this.#enter('gone');
    this.#detach();
  }

  /** Throws `illegal-transition`. */
  pair(event: PairingEvent): void {
    this.#pairing = transition(PAIRING_TRANSITIONS, this.#pairing, event);
  }

  sendPairingNews(news: 'offered' | 'declined'): void {
    this.#send(Channel.session, pairingNewsMessage.encode({ op: 'pairing-news', news }));
  }

  sendPaired(discoveryKey: Uint8Array): void {
    this.#send(Channel.session, pairedMessage.encode({ op: 'paired', discoveryKey: discoveryKey.slice() }));
  }

  setPermissions(permissions: Permissions): void {
    this.#permissions = permissions;
    this.#channels.set(permissions);
    const permissionBits = permissionsToBits(permissions);
    this.#send(Channel.permissions, permissionsUpdateMessage.encode({ permissionBits }));
  }

  giveKey(key: Parameters<Watcher['giveKey']>[0]): void {
    this.#send(Channel.session, groupKeyMessage.encode(key));
  }

  sendAlive(alive: Parameters<Watcher['sendAlive']>[0]): void {
    this.#send(Channel.session, aliveMessage.encode(alive));
  }

  sendDisplays(list: DisplayList): void {
    this.#send(Channel.display, displayListMessage.encode(list));
  }

  sendPictureProblem(reason: ErrorReason | null): void {
    this.#send(Channel.display, pictureProblemMessage.encode({ op: 'picture-problem', reason }));
  }

  /** What came in this record was carried out; `injectedAtMs` is since the Unix epoch. */
  sendInjected(inputId: number, injectedAtMs: number): void {
    if (!this.#injected.take()) return;
    const message = { kind: 'injected', inputId, injectedAtUs: toMicroseconds(injectedAtMs) } as const;
    this.#send(Channel.stats, encodeInputInjected(message));
  }

  /** The viewer cannot decode this after all. */
  dropDecoder(codec: string): void {
    this.#decoders = this.#decoders.filter((known) => known !== codec);
  }

  setPreferences(preferences: PicturePreferences): void {
    this.#preferences = preferences;
  }

  /** A record from the viewer. Throws `tampered`, `malformed`, `unauthorised` or `rate-limited`: then the session is over. */
  receive(header: Envelope, body: Uint8Array): void {
    if (!this.#link) return;
    const arrivedMs = this.#clock.nowMs();
    const message = this.#link.open(header, body);
    if (!this.#records.take())
      throw new TarnetError('rate-limited', 'too many records', {
        limit: `${HOST_SESSION_LIMITS.recordsPerSecond} a second`,
      });
    if (!this.#confirmed) {
      this.#confirmed = true;
      this.#events.onConfirmed(this, this.#clock.monotonicMs() - this.#attachedAtMs);
    }
    if (!this.#channels.takes(message.channel)) return;
    switch (message.channel) {
      case Channel.input:
        this.#events.onInput(this, decodeInput(message.body), message.id);
        return;
      case Channel.stats:
        if (isAboutMeasuring(message.body)) this.#measuring = decodeMeasuring(message.body).on;
        else this.#answerTimeSync(message.id, message.body, arrivedMs);
        return;
      case Channel.display:
        this.#events.onDisplay(this, displayToHostMessage.decode(message.body));
        return;
      case Channel.feedback:
        this.#events.onFeedback(this, decodePictureFeedback(message.body));
        return;
      case Channel.session: {
        const said = sessionToHostMessage.decode(message.body);
        if (said.op === 'end') this.#events.onEnded(this, said.reason);
        else this.#events.onPairingRequest(this, said.wanted);
        return;
      }
      case Channel.permissions:
        throw TarnetError.malformed('reliable.channel', 'only the host speaks on it');
      case Channel.clipboard:
      case Channel.chat:
      case Channel.file:
        // This version has nothing behind these channels yet.
        return;
    }
  }

  #answerTimeSync(id: number, body: Uint8Array, arrivedMs: number): void {
    const question = decodeTimeSync(body);
    if (question.kind !== 'question') throw TarnetError.malformed('time-sync.kind', 'a viewer only asks');
    const answer = encodeTimeSync({
      kind: 'answer',
      t0Us: question.t0Us,
      t1Us: toMicroseconds(arrivedMs),
      t2Us: toMicroseconds(this.#clock.nowMs()),
    });
    this.#send(Channel.stats, answer, id);
  }

  #attach(peer: number, link: RecordLink): void {
    this.#link?.close();
    this.#peer = peer;
    this.#link = link;
    this.#decoders = this.#description.hello.decoders;
    this.#confirmed = false;
    this.#measuring = false;
    this.#attachedAtMs = this.#clock.monotonicMs();
  }

  #detach(): void {
    this.#link?.close();
    this.#peer = null;
    this.#link = null;
  }

  #send(channel: Channel, body: Uint8Array, answers?: number): void {
    if (this.#channels.gives(channel)) this.#link?.send(channel, body, answers);
  }

  #enter(event: ViewerEvent): void {
    this.#phase = transition(VIEWER_TRANSITIONS, this.#phase, event);
  }
}

function toMicroseconds(timeMs: number): number {
  return Math.round(timeMs * 1000);
}
