// What follows the handshake, in the hands of a hostile relay, alone or together with a viewer that was let in.
import { beforeEach, describe, expect, test } from 'vitest';
import { nodePrimitives as primitives } from '../../electron/pairing/node-primitives.ts';
import { GroupOpen, GroupSeal } from '../../electron/session/group-seal.ts';
import type { SealedChannel } from '../../electron/session/sealed-channel.ts';
import {
  decodeMessage,
  ENVELOPE_BYTES,
  EVERYBODY,
  encodeMessage,
  envelope,
  MessageType,
} from '../../shared/wire/envelope.ts';
import { type HandshakeSite, handshakeSite, shakeHands } from '../fakes/handshake-pair.ts';

const TAMPERED = expect.objectContaining({ reason: 'tampered' });
const text = (value: string) => new TextEncoder().encode(value);
const header = envelope(MessageType.reliable, { stream: 1 });

function deliver(to: SealedChannel | GroupOpen, message: Uint8Array): Uint8Array | null {
  const received = decodeMessage(message);
  return to.open(received.header, received.body);
}

/** The header of a message with some of it changed, the body as it was. */
function relabelled(message: Uint8Array, change: Partial<ReturnType<typeof envelope>>): Uint8Array {
  const { header: old, body } = decodeMessage(message);
  return encodeMessage({ ...old, ...change }, body);
}

describe('a sealed channel', () => {
  let viewer: SealedChannel;
  let host: SealedChannel;
  let site: HandshakeSite;

  beforeEach(async () => {
    site = await handshakeSite();
    const { granted, hosted } = await shakeHands(site.viewer(), site.host());
    viewer = granted.channel;
    host = hosted.channel;
  });

  /** The message does not open, and nothing after it does. */
  function expectDeadly(to: SealedChannel, message: Uint8Array): void {
    expect(() => deliver(to, message)).toThrow(TAMPERED);
    expect(to.alive).toBe(false);
    expect(() => to.seal(header, text('still here?'))).toThrow(TAMPERED);
  }

  test('dies of any byte changed, header or body', async () => {
    const sizeBytes = viewer.seal(header, text('press A')).length;
    for (let at = 0; at < sizeBytes; at += 1) {
      if (at === 2 || at === 3) continue; // the peer, which a relay stamps
      const { granted, hosted } = await resumed();
      const message = granted.seal(header, text('press A'));
      const changed = message.map((byte, index) => (index === at ? byte ^ (1 << (at % 8)) : byte));
      let reason: unknown = 'opened';
      try {
        deliver(hosted, changed);
      } catch (error) {
        reason = error instanceof Error && 'reason' in error ? error.reason : error;
      }
      // A type or flag that no message has is refused before it gets to the channel.
      expect(at < 2 ? ['tampered', 'malformed', 'too-large'] : ['tampered'], `byte ${at}`).toContain(reason);
    }
  });

  /** A fresh pair of channels without OPAQUE. */
  async function resumed(): Promise<{ granted: SealedChannel; hosted: SealedChannel }> {
    const id = primitives.randomBytes(16);
    const secret = primitives.randomBytes(64);
    const ticket = {
      id,
      secret,
      viewer: site.viewerIdentity.publicIdentity,
      viewerName: '',
      permissionBits: 0,
      how: 'code' as const,
    };
    const tickets = { find: () => ({ ...ticket, secret: secret.slice() }), use: () => true };
    const known = site.hostIdentity.publicIdentity;
    const credential = { kind: 'ticket', ticketId: id, resumptionSecret: secret, host: known } as const;
    const { granted, hosted } = await shakeHands(site.viewer({ credential }), site.host({ tickets }));
    return { granted: granted.channel, hosted: hosted.channel };
  }

  test('dies of a message that is cut or made longer', async () => {
    for (const change of [(m: Uint8Array) => m.subarray(0, -1), (m: Uint8Array) => Uint8Array.of(...m, 0)]) {
      const { granted, hosted } = await resumed();
      expectDeadly(hosted, change(granted.seal(header, text('x'))));
    }
    expectDeadly(host, encodeMessage(header, new Uint8Array()));
  });

  test('dies of a message that is repeated', () => {
    const message = viewer.seal(header, text('press A'));
    expect(deliver(host, message)).toEqual(text('press A'));
    expectDeadly(host, message);
  });

  test('dies of two messages in the wrong order', () => {
    const [, second] = [viewer.seal(header, text('1')), viewer.seal(header, text('2'))];
    expectDeadly(host, second);
  });

  test('dies of a message that was dropped', () => {
    deliver(host, viewer.seal(header, text('1')));
    viewer.seal(header, text('dropped'));
    expectDeadly(host, viewer.seal(header, text('3')));
  });

  test('dies of its own message sent back', () => {
    expectDeadly(viewer, viewer.seal(header, text('mirror')));
  });

  test('dies of a message of another session of the same two', async () => {
    const { granted } = await resumed();
    expectDeadly(host, granted.seal(header, text('x')));
  });

  test('dies of a message taken for another type', () => {
    expectDeadly(host, relabelled(viewer.seal(header, text('x')), { type: MessageType.cursor }));
  });
});

describe('records for the room', () => {
  const picture = { type: MessageType.media, stream: 1, peer: EVERYBODY };
  const host = primitives.ed25519KeyPair();
  let seal: GroupSeal;
  let viewer: GroupOpen;

  beforeEach(() => {
    seal = new GroupSeal(primitives, primitives.signer(host.privateKey));
    viewer = new GroupOpen(primitives, primitives.verifier(host.publicKey));
  });

  const frame = (content: string) => seal.seal(picture, text(content)).message;

  function expectDeadly(message: Uint8Array): void {
    expect(() => deliver(viewer, message)).toThrow(TAMPERED);
    expect(() => deliver(viewer, frame('next'))).toThrow(TAMPERED);
  }

  describe.each([false, true])('signed: %s', (signed) => {
    beforeEach(() => {
      viewer.add(seal.turn(signed));
    });

    test('any byte changed is the end', () => {
      const sizeBytes = frame('picture').length;
      for (let at = 0; at < sizeBytes; at += 1) {
        if (at === 2 || at === 3) continue; // the peer
        if (at === 6 || at === 7) continue; // the epoch: see below
        viewer = new GroupOpen(primitives, primitives.verifier(host.publicKey));
        viewer.add(seal.current!);
        const changed = frame('picture').map((byte, index) => (index === at ? byte ^ (1 << (at % 3)) : byte));
        let opened: unknown = null;
        try {
          opened = deliver(viewer, changed);
        } catch {
          opened = null;
        }
        expect(opened, `byte ${at}`).toBeNull();
        if (at >= ENVELOPE_BYTES) expectDeadly(frame('after'));
      }
    });

    test('a repeated, an older and a cut record are the end', () => {
      const [first, second] = [frame('1'), frame('2')];
      deliver(viewer, second);
      const other = new GroupOpen(primitives, primitives.verifier(host.publicKey));
      other.add(seal.current!);
      deliver(other, second);
      expect(() => deliver(other, second)).toThrow(TAMPERED);
      expectDeadly(first);
      const third = new GroupOpen(primitives, primitives.verifier(host.publicKey));
      third.add(seal.current!);
      expect(() => deliver(third, frame('3').subarray(0, -1))).toThrow(TAMPERED);
    });

    test('a record said to be of another stream, type or number is the end', () => {
      const changes = [{ stream: 2 }, { type: MessageType.cursor }, { seq: 9 }, { flags: 1 }];
      for (const change of changes) {
        const other = new GroupOpen(primitives, primitives.verifier(host.publicKey));
        other.add(seal.current!);
        expect(() => deliver(other, relabelled(frame('x'), change))).toThrow(TAMPERED);
      }
    });

    test('a record said to be of another epoch is the end, or is not read', () => {
      const old = frame('old');
      viewer.add(seal.turn(signed));
      expect(deliver(viewer, relabelled(old, { epoch: 7 }))).toBeNull();
      expectDeadly(relabelled(old, { epoch: 1 }));
    });

    test('a record of the last epoch after one of the new epoch is the end', () => {
      const old = frame('old');
      viewer.add(seal.turn(signed));
      deliver(viewer, frame('new'));
      expectDeadly(old);
    });
  });

  describe('made by a viewer that was let in, with the relay', () => {
    /** Everything the accomplice has: the epoch's key, and a key pair of its own. */
    function forge(signed: boolean, epochs: number): Uint8Array {
      const mine = primitives.ed25519KeyPair();
      const known = seal.current!;
      const forger = new GroupSeal(
        { ...primitives, randomBytes: () => known.key.slice() },
        primitives.signer(mine.privateKey),
      );
      for (let epoch = 0; epoch <= epochs; epoch += 1) forger.turn(signed);
      return forger.seal(picture, text('forged')).message;
    }

    test('are refused in a signed epoch, without a signature and with another one', () => {
      for (const signed of [false, true]) {
        viewer = new GroupOpen(primitives, primitives.verifier(host.publicKey));
        viewer.add(seal.turn(true));
        expectDeadly(forge(signed, seal.current!.epoch));
      }
    });

    test('are what they seem to be in an epoch of one viewer, who can only deceive itself', () => {
      viewer.add(seal.turn(false));
      expect(deliver(viewer, forge(false, 0))).toEqual(text('forged'));
    });

    test('cannot take the signature of another record', () => {
      viewer.add(seal.turn(true));
      const genuine = frame('genuine');
      const forged = forge(true, 0);
      const spliced = forged.slice();
      spliced.set(genuine.subarray(-64), spliced.length - 64);
      expectDeadly(spliced);
    });

    test('cannot take the signature off', () => {
      viewer.add(seal.turn(true));
      expectDeadly(frame('genuine').subarray(0, -64));
    });

    test('cannot carry a signed record into an epoch without signatures', () => {
      viewer.add(seal.turn(true));
      const genuine = frame('genuine');
      viewer.add(seal.turn(false));
      expectDeadly(relabelled(genuine, { epoch: 1 }));
    });
  });
});
