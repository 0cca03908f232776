import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../shared/wire/bytes.ts';
import { type ControlMessage, decodeControl, encodeControl, registrationStatement } from '../../shared/wire/control.ts';
import { decodeMessage, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { type PipeEnd, pipeTransports } from '../../tests/fakes/pipe-transport.ts';
import { joinAsViewer, registerAsHost } from './relay-client.ts';
import { RELAY_LINK_LIMITS } from './relay-link.ts';

const control = (message: ControlMessage) => encodeMessage(envelope(MessageType.control), encodeControl(message));

/** Takes what was sent, control messages decoded. */
function taken(pipe: PipeEnd): unknown[] {
  return pipe.sent.splice(0).map((message) => {
    const { header, body } = decodeMessage(message);
    return header.type === MessageType.control ? decodeControl(body) : { type: header.type, body: [...body] };
  });
}

function host() {
  const { open, pipes } = pipeTransports();
  const clock = new FakeClock();
  const events: unknown[] = [];
  const note =
    (name: string) =>
    (...values: unknown[]) =>
      void events.push([name, ...values]);
  const link = registerAsHost(
    {
      url: 'ws://relay/',
      token: 'let me in',
      open,
      clock,
      hostId: '123456789',
      ed25519: new Uint8Array(32).fill(1),
      sign: (statement) => new Uint8Array(64).fill(statement.length),
    },
    {
      onRegistered: note('registered'),
      onPeerJoined: note('joined'),
      onPeerLeft: note('left'),
      onKeyframeWanted: note('keyframe'),
      onMessage: (header, body) => note('message')(header.type, header.peer, [...body]),
      onClose: note('closed'),
    },
  );
  return { link, pipes, pipe: pipes[0]!, clock, events };
}

function viewer(url = 'ws://relay/') {
  const { open, pipes } = pipeTransports();
  const clock = new FakeClock();
  const events: unknown[] = [];
  const note =
    (name: string) =>
    (...values: unknown[]) =>
      void events.push([name, ...values]);
  const link = joinAsViewer(
    { url, open, clock, hostId: '*' },
    {
      onJoined: note('joined'),
      onHostLeft: note('host-left'),
      onMessage: (header, body) => note('message')(header.type, header.seq, [...body]),
      onClose: note('closed'),
    },
  );
  return { link, pipes, pipe: pipes[0]!, clock, events };
}

describe('registerAsHost', () => {
  it('answers the challenge with a signature over nonce and ID, and tells of the peers', () => {
    const { pipe, events } = host();
    expect(taken(pipe)).toEqual([]);
    pipe.opens();
    const ed25519 = new Uint8Array(32).fill(1);
    expect(taken(pipe)).toEqual([{ op: 'register', hostId: '123456789', ed25519, token: 'let me in' }]);
    const nonce = new Uint8Array(32).fill(7);
    pipe.delivers(control({ op: 'challenge', nonce }));
    const signed = registrationStatement(nonce, '123456789').length;
    expect(taken(pipe)).toEqual([{ op: 'prove', signature: new Uint8Array(64).fill(signed) }]);
    pipe.delivers(control({ op: 'registered', maxViewers: 4, observedAddress: '10.0.0.2' }));
    pipe.delivers(control({ op: 'peer-joined', peer: 3, address: '10.0.0.9' }));
    pipe.delivers(control({ op: 'keyframe', peer: 3 }));
    pipe.delivers(encodeMessage(envelope(MessageType.handshake, { peer: 3 }), new Uint8Array([5])));
    pipe.delivers(control({ op: 'peer-left', peer: 3 }));
    expect(events).toEqual([
      ['registered', 4, '10.0.0.2'],
      ['joined', 3, '10.0.0.9'],
      ['keyframe', 3],
      ['message', MessageType.handshake, 3, [5]],
      ['left', 3],
    ]);
  });

  it('does not acknowledge bytes', () => {
    const { pipe, clock } = host();
    pipe.opens();
    taken(pipe);
    pipe.delivers(encodeMessage(envelope(MessageType.handshake), new Uint8Array([5])));
    clock.advance(RELAY_LINK_LIMITS.ackEveryMs * 3);
    expect(taken(pipe)).toEqual([]);
  });

  it('gives up when too much waits to be sent', () => {
    const { link, pipe, events } = host();
    pipe.opens();
    pipe.queuedBytes = RELAY_LINK_LIMITS.maxQueuedBytes;
    link.send(envelope(MessageType.media), new Uint8Array([1]));
    expect(events).toEqual([['closed', 'too-slow', expect.any(String)]]);
    expect(pipe.closed).toBe(true);
  });
});

/** What the acknowledgements among the sent messages say. */
function acked(pipe: { sent: readonly Uint8Array[] }): number[] {
  return pipe.sent.map((sent) => new ByteReader(decodeMessage(sent).body).u64('ack'));
}

describe('joinAsViewer', () => {
  it('joins, and tells when the host leaves', () => {
    const { pipe, events } = viewer();
    pipe.opens();
    expect(taken(pipe)).toEqual([{ op: 'join', hostId: '*' }]);
    pipe.delivers(control({ op: 'joined', peer: 2, hostId: '123456789' }));
    pipe.delivers(control({ op: 'peer-left', peer: 0 }));
    expect(events).toEqual([['joined', 2, '123456789'], ['host-left']]);
  });

  it('acknowledges the bytes of everything it received, at most every 30 ms', () => {
    const { pipe, clock } = viewer();
    pipe.opens();
    taken(pipe);
    const message = encodeMessage(envelope(MessageType.media), new Uint8Array(9_988));
    pipe.delivers(message);
    pipe.delivers(message);
    clock.advance(RELAY_LINK_LIMITS.ackEveryMs);
    pipe.delivers(message);
    clock.advance(RELAY_LINK_LIMITS.ackEveryMs * 5);
    expect(acked(pipe)).toEqual([20_000, 30_000]);
  });

  it('takes its time to acknowledge what is little, until more comes', () => {
    const { pipe, clock } = viewer();
    pipe.opens();
    taken(pipe);
    const letter = encodeMessage(envelope(MessageType.media), new Uint8Array(88));
    pipe.delivers(letter);
    pipe.delivers(letter);
    clock.advance(RELAY_LINK_LIMITS.ackLittleEveryMs - 1);
    expect(acked(pipe)).toEqual([]);
    clock.advance(1);
    expect(acked(pipe)).toEqual([200]);
    pipe.delivers(letter);
    pipe.delivers(encodeMessage(envelope(MessageType.media), new Uint8Array(4_988)));
    clock.advance(RELAY_LINK_LIMITS.ackEveryMs);
    expect(acked(pipe)).toEqual([200, 5_300]);
    clock.advance(RELAY_LINK_LIMITS.ackLittleEveryMs);
    expect(acked(pipe)).toHaveLength(2);
  });

  it('closes with the reason that the relay gives instead of letting it in', () => {
    const { pipe, events } = viewer();
    pipe.opens();
    pipe.delivers(control({ op: 'error', reason: 'host-offline', message: 'no such host' }));
    expect(events).toEqual([['closed', 'host-offline', 'no such host']]);
    expect(pipe.closed).toBe(true);
  });

  it('prefers the reason that the relay gave before it cut the line', () => {
    const { pipe, events } = viewer();
    pipe.opens();
    pipe.delivers(control({ op: 'joined', peer: 2, hostId: '123456789' }));
    pipe.delivers(control({ op: 'error', reason: 'too-slow', message: '8 MiB' }));
    pipe.closes('connection-lost');
    expect(events.at(-1)).toEqual(['closed', 'too-slow', '8 MiB']);
  });

  it('follows a redirect, but not in circles and not to what is no relay', () => {
    const { pipes, pipe, events } = viewer();
    pipe.opens();
    pipe.delivers(control({ op: 'redirect', url: 'wss://other/' }));
    expect(pipe.closed).toBe(true);
    expect(pipes[1]!.url).toBe('wss://other/');
    pipes[1]!.opens();
    expect(taken(pipes[1]!)).toEqual([{ op: 'join', hostId: '*' }]);
    for (const index of [1, 2, 3]) pipes[index]!.delivers(control({ op: 'redirect', url: 'wss://again/' }));
    expect(events).toEqual([['closed', 'relay-unreachable', expect.any(String)]]);

    const second = viewer();
    second.pipe.opens();
    second.pipe.delivers(control({ op: 'redirect', url: 'file:///etc/passwd' }));
    expect(second.pipes).toHaveLength(1);
    expect(second.events).toEqual([['closed', 'relay-unreachable', expect.any(String)]]);
  });

  it('is never led from an encrypted relay to one that is not', () => {
    const { pipes, pipe, events } = viewer('wss://relay/');
    pipe.opens();
    pipe.delivers(control({ op: 'redirect', url: 'ws://relay/' }));
    expect(pipes).toHaveLength(1);
    expect(events).toEqual([['closed', 'relay-unreachable', expect.any(String)]]);
  });

  it('takes a redirect out of a room for the loss of it: whoever was there has to prove itself anew', () => {
    const { pipes, pipe, events } = viewer();
    pipe.opens();
    pipe.delivers(control({ op: 'joined', peer: 2, hostId: '123456789' }));
    pipe.delivers(control({ op: 'redirect', url: 'ws://other/' }));
    expect(pipes).toHaveLength(1);
    expect(pipe.closed).toBe(true);
    expect(events.at(-1)).toEqual(['closed', 'redirect', expect.any(String)]);
  });

  it.each([
    ['bytes that are no message', new Uint8Array([0x77])],
    ['an unknown type', encodeMessage({ ...envelope(MessageType.ping), type: 0x77 as never }, new Uint8Array(1))],
    ['control that is none', encodeMessage(envelope(MessageType.control), new Uint8Array([0xc1]))],
    ['control that is for hosts', control({ op: 'peer-joined', peer: 1, address: 'x' })],
  ])('closes on %s', (_, message) => {
    const { pipe, events } = viewer();
    pipe.opens();
    pipe.delivers(message);
    pipe.delivers(message);
    expect(events).toEqual([['closed', 'malformed', expect.any(String)]]);
  });

  it('pings, and calls a relay that says nothing dead', () => {
    const { pipe, clock, events } = viewer();
    pipe.opens();
    pipe.delivers(control({ op: 'joined', peer: 2, hostId: '123456789' }));
    clock.advance(RELAY_LINK_LIMITS.pingEveryMs);
    const pings = () => pipe.sent.filter((sent) => decodeMessage(sent).header.type === MessageType.ping).length;
    expect(pings()).toBe(1);
    for (let round = 0; round < 10; round++) {
      clock.advance(RELAY_LINK_LIMITS.pingEveryMs);
      pipe.delivers(encodeMessage(envelope(MessageType.ping), new Uint8Array(8)));
    }
    expect(events).toHaveLength(1);
    clock.advance(RELAY_LINK_LIMITS.deadAfterMs + RELAY_LINK_LIMITS.pingEveryMs);
    expect(events.at(-1)).toEqual(['closed', 'timeout', expect.any(String)]);
    expect(clock.pending).toBe(0);
  });

  it('does not wait for ever to be let in', () => {
    const { pipe, clock, events } = viewer();
    pipe.opens();
    clock.advance(RELAY_LINK_LIMITS.admissionTimeoutMs);
    expect(events).toEqual([['closed', 'timeout', expect.any(String)]]);
  });

  it('says nothing once it was closed from here', () => {
    const { link, pipe, clock, events } = viewer();
    pipe.opens();
    link.close();
    taken(pipe);
    link.send(envelope(MessageType.reliable), new Uint8Array(1));
    clock.advance(60_000);
    expect(events).toEqual([]);
    expect(taken(pipe)).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
