import { describe, expect, it } from 'vitest';
import type { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { OpenTransport, TransportEvents } from '../../shared/transport/transport.ts';
import { type ControlMessage, decodeControl, encodeControl } from '../../shared/wire/control.ts';
import {
  decodeMessage,
  type Envelope,
  EnvelopeFlag,
  EVERYBODY,
  encodeMessage,
  envelope,
  MessageType,
} from '../../shared/wire/envelope.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { HOST_REGISTRATION_LIMITS } from './host-registration.ts';
import { HOST_REGISTRATIONS_LIMITS, HostRegistrations, type RelayStanding } from './host-registrations.ts';

const OWN = 'ws://127.0.0.1:8000/';
const FAR = 'wss://relay.example/';

/** The other end of one connection: a relay that does what the test tells it. */
class Line {
  queuedBytes = 0;
  closed = false;
  readonly heard: { header: Envelope; body: Uint8Array }[] = [];
  readonly url: string;
  readonly #events: TransportEvents;

  constructor(url: string, events: TransportEvents) {
    this.url = url;
    this.#events = events;
  }

  send(message: Uint8Array): void {
    this.heard.push(decodeMessage(Uint8Array.from(message)));
  }

  close(): void {
    this.closed = true;
  }

  say(message: ControlMessage): void {
    this.tell(envelope(MessageType.control), encodeControl(message));
  }

  tell(header: Envelope, body: Uint8Array): void {
    this.#events.onMessage(encodeMessage(header, body));
  }

  lose(reason: 'connection-lost' | 'unauthorised' = 'connection-lost'): void {
    this.#events.onClose(reason, reason);
  }

  register(): void {
    this.say({ op: 'registered', maxViewers: 16, observedAddress: '192.0.2.1' });
  }

  join(peer: number): void {
    this.say({ op: 'peer-joined', peer, address: `203.0.113.${peer}` });
  }

  /** Controls other than those by which it registers. */
  get controls(): ControlMessage[] {
    return this.ofType(MessageType.control)
      .map(({ body }) => decodeControl(body))
      .filter(({ op }) => op !== 'register' && op !== 'prove');
  }

  ofType(type: MessageType): { header: Envelope; body: Uint8Array }[] {
    return this.heard.filter(({ header }) => header.type === type);
  }
}

function makeHost() {
  const clock = new FakeClock();
  const lines: Line[] = [];
  const calls: string[] = [];
  let standings: RelayStanding[] = [];
  const open: OpenTransport = (url, events) => {
    const line = new Line(url, events);
    lines.push(line);
    queueMicrotask(() => events.onOpen());
    return line;
  };
  const host = new HostRegistrations({
    open,
    clock,
    log: silentLog,
    hostId: '123456789',
    ed25519: new Uint8Array(32),
    sign: () => new Uint8Array(64),
    onPeerJoined: (number, address) => calls.push(`joined ${number} ${address}`),
    onPeerLeft: (number) => calls.push(`left ${number}`),
    onKeyframeWanted: (number) => calls.push(`key frame ${number}`),
    onMessage: (header, body) => calls.push(`message ${header.peer} ${body.length}`),
    onOnline: (problem: TarnetError | null) => calls.push(`own ${problem?.reason ?? 'online'}`),
    onStandings: (next) => {
      standings = next;
    },
  });
  const line = (url: string) => {
    const found = lines.findLast((one) => one.url === url);
    if (!found) throw new Error(`no line to ${url}`);
    return found;
  };
  return { host, clock, lines, line, calls, standings: () => standings };
}

/** A host that is open at its own relay and at one elsewhere. */
async function openHost() {
  const site = makeHost();
  site.host.setRelays([{ url: FAR, token: '' }]);
  const opened = site.host.open(OWN, 'token');
  await Promise.resolve();
  site.line(OWN).register();
  await opened;
  await Promise.resolve();
  site.line(FAR).register();
  return site;
}

const media = (seq: number, flags = 0) =>
  encodeMessage(envelope(MessageType.media, { peer: EVERYBODY, stream: 1, seq, flags }), new Uint8Array(10));

describe('a host at several relays', () => {
  it('knows its viewers by numbers of its own, wherever they come from', async () => {
    const { host, line, calls } = await openHost();
    line(OWN).join(1);
    line(FAR).join(1);
    expect(calls).toEqual(['own online', 'joined 1 203.0.113.1', 'joined 2 203.0.113.1 (relay.example)']);
    line(FAR).tell(envelope(MessageType.reliable, { peer: 1 }), new Uint8Array(3));
    line(FAR).tell(envelope(MessageType.reliable, { peer: 9 }), new Uint8Array(4));
    line(FAR).say({ op: 'keyframe', peer: 1 });
    host.send(envelope(MessageType.reliable, { peer: 2 }), new Uint8Array(5));
    host.kick(2);
    line(FAR).say({ op: 'peer-left', peer: 1 });
    host.send(envelope(MessageType.reliable, { peer: 2 }), new Uint8Array(6));
    host.kick(2);
    expect(calls.slice(3)).toEqual(['message 2 3', 'key frame 2', 'left 2']);
    expect(
      line(FAR)
        .ofType(MessageType.reliable)
        .map(({ header, body }) => [header.peer, body.length]),
    ).toEqual([[1, 5]]);
    expect(line(FAR).controls).toEqual([{ op: 'kick', peer: 1 }]);
    expect(line(OWN).ofType(MessageType.reliable)).toEqual([]);
    // A number is not given out again at once.
    line(FAR).join(1);
    expect(calls.at(-1)).toContain('joined 3');
  });

  it('sends pictures for everybody to each relay once, and to none elsewhere where nobody is', async () => {
    const { host, line } = await openHost();
    host.sendMessage(media(0));
    line(FAR).join(1);
    line(FAR).join(2);
    host.sendMessage(media(1));
    expect(
      line(OWN)
        .ofType(MessageType.media)
        .map(({ header }) => header.seq),
    ).toEqual([0, 1]);
    expect(
      line(FAR)
        .ofType(MessageType.media)
        .map(({ header }) => header.seq),
    ).toEqual([1]);
  });

  it('loses only the viewers of the relay that is lost, and opens its room there again', async () => {
    const { line, lines, clock, calls, standings } = await openHost();
    line(OWN).join(1);
    line(FAR).join(1);
    line(FAR).lose();
    expect(calls.slice(3)).toEqual(['left 2']);
    expect(standings()).toMatchObject([{ url: FAR, online: false, problem: { reason: 'connection-lost' } }]);
    clock.advance(1_000);
    await Promise.resolve();
    line(FAR).register();
    expect(standings()).toMatchObject([{ online: true, problem: null }]);
    expect(lines).toHaveLength(3);
    line(OWN).lose();
    expect(calls.slice(4)).toEqual(['left 1', 'own connection-lost']);
  });

  it('does not hammer a relay that refuses it', async () => {
    const { line, lines, clock, standings } = await openHost();
    line(FAR).lose('unauthorised');
    expect(standings()).toMatchObject([{ online: false, problem: { reason: 'unauthorised' } }]);
    const attempts = () => lines.filter(({ url }) => url === FAR).length;
    clock.advance(HOST_REGISTRATION_LIMITS.hopelessWaitMs - 1);
    expect(attempts()).toBe(1);
    clock.advance(1);
    expect(attempts()).toBe(2);
  });

  it('follows the relays of its settings while it is open, and none after it has closed', async () => {
    const { host, clock, line, lines, standings } = await openHost();
    host.setRelays([{ url: FAR, token: 'new' }]);
    clock.advance(HOST_REGISTRATION_LIMITS.farewellMs);
    await new Promise(setImmediate);
    expect(lines.map(({ url }) => url)).toEqual([OWN, FAR, FAR]);
    expect(lines[1]?.closed).toBe(true);
    expect(decodeControl(line(FAR).heard[0]?.body ?? new Uint8Array())).toMatchObject({ op: 'register', token: 'new' });
    host.setRelays([]);
    expect(standings()).toEqual([]);
    const closed = host.close();
    host.setRelays([{ url: FAR, token: '' }]);
    expect(lines).toHaveLength(3);
    clock.advance(HOST_REGISTRATION_LIMITS.farewellMs);
    await closed;
    expect(lines.every((one) => one.closed)).toBe(true);
  });
});

describe('a line that cannot keep up', () => {
  it('gets no pictures until it has drained and there is a key frame, and holds nobody else back', async () => {
    const { host, line, calls } = await openHost();
    line(OWN).join(1);
    line(FAR).join(1);
    const far = line(FAR);
    const sentFar = () => far.ofType(MessageType.media).map(({ header }) => header.seq);
    host.sendMessage(media(0, EnvelopeFlag.key));
    far.queuedBytes = HOST_REGISTRATIONS_LIMITS.highBytes + 1;
    expect(host.queuedBytes).toBe(0);
    host.sendMessage(media(1));
    far.queuedBytes = HOST_REGISTRATIONS_LIMITS.lowBytes + 1;
    host.sendMessage(media(2, EnvelopeFlag.key));
    far.queuedBytes = 0;
    host.sendMessage(media(3));
    expect(calls.at(-1)).toBe('key frame 2');
    host.sendMessage(media(4, EnvelopeFlag.key));
    host.sendMessage(media(5));
    expect(sentFar()).toEqual([0, 4, 5]);
    expect(line(OWN).ofType(MessageType.media)).toHaveLength(6);
  });

  it('sets the pace when it is the only one that somebody uses', async () => {
    const { host, line } = await openHost();
    line(OWN).queuedBytes = 5;
    line(FAR).queuedBytes = 7_000;
    expect(host.queuedBytes).toBe(0);
    line(FAR).join(1);
    expect(host.queuedBytes).toBe(7_000);
    line(OWN).join(1);
    expect(host.queuedBytes).toBe(5);
  });
});
