// Owns a host's places at several relays as if they were one: its own relay on this machine, and those in other networks.
import type { TarnetError } from '../../shared/base/errors.ts';
import { type RelayAccount, relayName } from '../../shared/model/relay-address.ts';
import type { ControlMessage } from '../../shared/wire/control.ts';
import {
  type Envelope,
  EnvelopeFlag,
  EVERYBODY,
  encodeMessage,
  HOST_PEER,
  MAX_PEER,
  MessageType,
} from '../../shared/wire/envelope.ts';
import { HostRegistration, type HostRegistrationOptions } from './host-registration.ts';

export const HOST_REGISTRATIONS_LIMITS = {
  /** What may wait for a relay in another network; above it that relay gets no pictures until it has drained. */
  highBytes: 4 * 1024 * 1024,
  lowBytes: 128 * 1024,
} as const;

/** How a host stands with a relay in another network. */
export interface RelayStanding {
  url: string;
  online: boolean;
  /** Why it is not, once that is known. */
  problem: TarnetError | null;
}

export interface HostRegistrationsOptions extends HostRegistrationOptions {
  onStandings(standings: RelayStanding[]): void;
}

/** One relay, and the people who come through it. */
interface Place {
  /** Null for the host's own relay. */
  account: RelayAccount | null;
  registration: HostRegistration;
  problem: TarnetError | null;
  /** By their numbers there, their numbers here. */
  numbers: Map<number, number>;
  /** Pictures were left out: those of a stream mean nothing before its next key frame. */
  inStep: Set<number> | null;
}

export class HostRegistrations {
  readonly #options: HostRegistrationsOptions;
  readonly #own: Place;
  #others: Place[] = [];
  /** By the numbers that the room knows. */
  readonly #members = new Map<number, { place: Place; peer: number }>();
  #nextNumber = HOST_PEER + 1;
  #accounts: readonly RelayAccount[] = [];
  #isOpen = false;

  constructor(options: HostRegistrationsOptions) {
    this.#options = options;
    this.#own = this.#makePlace(null);
  }

  /** What waits on the way that is taken by those who are there; the fastest sets the pace, and the others drop. */
  get queuedBytes(): number {
    const ways = this.#places().filter(({ numbers }) => numbers.size > 0);
    return ways.length === 0 ? 0 : Math.min(...ways.map(({ registration }) => registration.queuedBytes));
  }

  /** Resolves when the room is open at the own relay. Throws why it could not be opened. The others follow by themselves. */
  async open(url: string, token?: string): Promise<void> {
    await this.#own.registration.open(url, token);
    this.#isOpen = true;
    this.#follow();
  }

  /** The relays in other networks at which this host can be reached while it is open. */
  setRelays(accounts: readonly RelayAccount[]): void {
    this.#accounts = accounts;
    if (this.#isOpen) this.#follow();
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    const others = this.#others;
    this.#others = [];
    await Promise.all([this.#own, ...others].map(({ registration }) => registration.close()));
    for (const place of [this.#own, ...others]) this.#forgetMembers(place);
    this.#tell();
  }

  /** A message that has its header: for one viewer, or for everybody. The buffer is this function's from now on. */
  sendMessage(message: Uint8Array): void {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    const number = view.getUint16(PEER_AT, true);
    if (number === EVERYBODY) {
      for (const place of this.#places()) this.#sendToAll(place, message, view);
      return;
    }
    const member = this.#members.get(number);
    if (!member) return;
    view.setUint16(PEER_AT, member.peer, true);
    member.place.registration.sendMessage(message);
  }

  send(header: Envelope, body: Uint8Array): void {
    this.sendMessage(encodeMessage(header, body));
  }

  /** Closes a viewer's connection. */
  kick(number: number): void {
    const member = this.#members.get(number);
    member?.place.registration.sendControl({ op: 'kick', peer: member.peer } satisfies ControlMessage);
  }

  #sendToAll(place: Place, message: Uint8Array, view: DataView): void {
    // What nobody is there to see need not be sent over anybody's line. The own relay is on this machine.
    if (place.account === null) {
      place.registration.sendMessage(message);
      return;
    }
    if (place.numbers.size === 0) return;
    if (view.getUint8(0) === MessageType.media && !this.#takesPicture(place, view)) return;
    place.registration.sendMessage(message);
  }

  /** False for a picture that a relay behind a thin line has to do without. */
  #takesPicture(place: Place, view: DataView): boolean {
    const { queuedBytes } = place.registration;
    if (queuedBytes > HOST_REGISTRATIONS_LIMITS.highBytes) place.inStep = new Set();
    if (!place.inStep) return true;
    if (queuedBytes > HOST_REGISTRATIONS_LIMITS.lowBytes) return false;
    const stream = view.getUint16(STREAM_AT, true);
    if ((view.getUint8(1) & EnvelopeFlag.key) !== 0) place.inStep.add(stream);
    else if (!place.inStep.has(stream)) this.#askForKeyframe(place);
    return place.inStep.has(stream);
  }

  #askForKeyframe({ numbers }: Place): void {
    const [number] = numbers.values();
    if (number !== undefined) this.#options.onKeyframeWanted(number);
  }

  #places(): Place[] {
    return [this.#own, ...this.#others];
  }

  /** Opens and closes places so that they are those of the accounts. */
  #follow(): void {
    const isWanted = (place: Place) =>
      this.#accounts.some(({ url, token }) => url === place.account?.url && token === place.account.token);
    const dropped = this.#others.filter((place) => !isWanted(place));
    this.#others = this.#others.filter(isWanted);
    for (const place of dropped) {
      void place.registration.close();
      this.#forgetMembers(place);
    }
    for (const account of this.#accounts) {
      if (this.#others.some((place) => place.account?.url === account.url)) continue;
      const place = this.#makePlace(account);
      this.#others.push(place);
      place.registration.keep(account.url, account.token === '' ? undefined : account.token);
    }
    this.#tell();
  }

  #makePlace(account: RelayAccount | null): Place {
    const { options, log } = { options: this.#options, log: this.#options.log };
    const place: Place = {
      account,
      problem: null,
      numbers: new Map(),
      inStep: null,
      registration: new HostRegistration({
        ...options,
        log: account ? log.scope(relayName(account.url)) : log,
        onPeerJoined: (peer, address) => {
          const number = this.#admit(place, peer);
          // The address is what the relay says; so is said which relay.
          options.onPeerJoined(number, account ? `${address} (${relayName(account.url)})` : address);
        },
        onPeerLeft: (peer) => this.#dismiss(place, peer),
        onKeyframeWanted: (peer) => {
          const number = place.numbers.get(peer);
          if (number !== undefined) options.onKeyframeWanted(number);
        },
        onMessage: (header, body) => {
          const number = place.numbers.get(header.peer);
          if (number !== undefined) options.onMessage({ ...header, peer: number }, body);
        },
        onOnline: (problem) => {
          place.problem = problem;
          if (problem) this.#forgetMembers(place);
          place.inStep = null;
          if (account) this.#tell();
          else options.onOnline(problem);
        },
      }),
    };
    return place;
  }

  #admit(place: Place, peer: number): number {
    this.#dismiss(place, peer);
    // Numbers are not given out again soon: what is on its way to a viewer that left must not reach the next one.
    while (this.#members.has(this.#nextNumber)) this.#nextNumber = following(this.#nextNumber);
    const number = this.#nextNumber;
    this.#nextNumber = following(number);
    this.#members.set(number, { place, peer });
    place.numbers.set(peer, number);
    return number;
  }

  #dismiss(place: Place, peer: number): void {
    const number = place.numbers.get(peer);
    if (number === undefined) return;
    place.numbers.delete(peer);
    this.#members.delete(number);
    this.#options.onPeerLeft(number);
  }

  #forgetMembers(place: Place): void {
    for (const peer of [...place.numbers.keys()]) this.#dismiss(place, peer);
  }

  #tell(): void {
    this.#options.onStandings(
      this.#others.flatMap(({ account, registration, problem }) =>
        account ? [{ url: account.url, online: registration.online, problem }] : [],
      ),
    );
  }
}

/** Where the outer header has the viewer's number, and the stream's. */
const PEER_AT = 2;
const STREAM_AT = 4;

function following(number: number): number {
  return number === MAX_PEER ? HOST_PEER + 1 : number + 1;
}
