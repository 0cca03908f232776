import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, type Envelope, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import { SealedChannel } from './sealed-channel.ts';

const header = envelope(MessageType.reliable, { stream: 3, seq: 7 });
const text = (value: string) => new TextEncoder().encode(value);
const TAMPERED = expect.objectContaining({ reason: 'tampered' });

function channelPair(): { viewer: SealedChannel; host: SealedChannel } {
  const up = nodePrimitives.randomBytes(32);
  const down = nodePrimitives.randomBytes(32);
  return {
    viewer: new SealedChannel(nodePrimitives, { send: up.slice(), receive: down.slice() }),
    host: new SealedChannel(nodePrimitives, { send: down.slice(), receive: up.slice() }),
  };
}

function deliver(to: SealedChannel, message: Uint8Array): Uint8Array {
  const received = decodeMessage(message);
  return to.open(received.header, received.body);
}

describe('SealedChannel', () => {
  test('carries messages both ways, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 })), { maxLength: 20 }),
        (messages) => {
          const { viewer, host } = channelPair();
          for (const [fromViewer, plaintext] of messages) {
            const [from, to] = fromViewer ? [viewer, host] : [host, viewer];
            expect(deliver(to, from.seal(header, plaintext))).toEqual(plaintext);
          }
        },
      ),
    );
  });

  test('makes the whole message: header, ciphertext, 16 bytes of tag', () => {
    const { viewer } = channelPair();
    const message = viewer.seal(header, text('secret'));
    expect(message).toHaveLength(12 + 6 + 16);
    expect(decodeMessage(message).header).toEqual(header);
    expect(Buffer.from(message).includes('secret')).toBe(false);
  });

  test('lets the relay rewrite the peer, and nothing else of the header', () => {
    const changes: Partial<Envelope>[] = [
      { type: MessageType.cursor },
      { flags: 1 },
      { stream: 4 },
      { epoch: 1 },
      { seq: 8 },
    ];
    for (const change of changes) {
      const { viewer, host } = channelPair();
      const { body } = decodeMessage(viewer.seal(header, text('a')));
      expect(() => host.open({ ...header, ...change }, body)).toThrow(TAMPERED);
    }
    const { viewer, host } = channelPair();
    const { body } = decodeMessage(viewer.seal(header, text('a')));
    expect(host.open({ ...header, peer: 9 }, body)).toEqual(text('a'));
  });

  test('stays dead after anything that does not open', () => {
    const { viewer, host } = channelPair();
    const first = viewer.seal(header, text('first'));
    expect(() => deliver(host, encodeMessage(header, new Uint8Array(40)))).toThrow(TAMPERED);
    expect(host.alive).toBe(false);
    expect(() => deliver(host, first)).toThrow(TAMPERED);
    expect(() => host.seal(header, text('answer'))).toThrow(TAMPERED);
  });

  test('opens nothing that is shorter than a tag', () => {
    for (const sizeBytes of [0, 1, 15]) {
      const { host } = channelPair();
      expect(() => host.open(header, new Uint8Array(sizeBytes))).toThrow(TAMPERED);
    }
  });

  test('forgets its keys when it is closed', () => {
    const keys = { send: nodePrimitives.randomBytes(32), receive: nodePrimitives.randomBytes(32) };
    new SealedChannel(nodePrimitives, keys).close();
    expect(keys.send).toEqual(new Uint8Array(32));
    expect(keys.receive).toEqual(new Uint8Array(32));
  });
});
