import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, type Envelope, EVERYBODY, MessageType } from '../../shared/wire/envelope.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import { GROUP_LIMITS, GroupOpen, GroupSeal } from './group-seal.ts';

const text = (value: string) => new TextEncoder().encode(value);
const TAMPERED = expect.objectContaining({ reason: 'tampered' });
const picture = { type: MessageType.media, stream: 1, peer: EVERYBODY };
const cursor = { type: MessageType.cursor, stream: 2, peer: EVERYBODY };

function room(): { seal: GroupSeal; open: GroupOpen } {
  const host = nodePrimitives.ed25519KeyPair();
  return {
    seal: new GroupSeal(nodePrimitives, nodePrimitives.signer(host.privateKey)),
    open: new GroupOpen(nodePrimitives, nodePrimitives.verifier(host.publicKey)),
  };
}

function deliver(to: GroupOpen, message: Uint8Array, change: Partial<Envelope> = {}): Uint8Array | null {
  const { header, body } = decodeMessage(message);
  return to.open({ ...header, ...change }, body);
}

describe('GroupSeal and GroupOpen', () => {
  test('carry any records of any epochs in order, with gaps, signed or not', () => {
    const acts = fc.array(
      fc.oneof(
        fc.record({ turn: fc.boolean() }),
        fc.record({ plaintext: fc.uint8Array({ maxLength: 100 }), isCursor: fc.boolean(), lost: fc.boolean() }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(acts, (steps) => {
        const { seal, open } = room();
        open.add(seal.turn(false));
        for (const step of steps) {
          if ('turn' in step) open.add(seal.turn(step.turn));
          else {
            const { message } = seal.seal(step.isCursor ? cursor : picture, step.plaintext);
            if (!step.lost) expect(deliver(open, message)).toEqual(step.plaintext);
          }
        }
      }),
    );
  });

  test('number the records of each stream from 0 in each epoch', () => {
    const { seal } = room();
    expect(seal.turn(false).epoch).toBe(0);
    const numbers = [picture, picture, cursor, picture].map((fields) => seal.seal(fields, text('x')).seq);
    expect(numbers).toEqual([0, 1, 0, 2]);
    expect(seal.turn(true).epoch).toBe(1);
    expect(seal.seal(picture, text('x'))).toMatchObject({ epoch: 1, seq: 0 });
  });

  test('refuse to seal before the first epoch', () => {
    expect(() => room().seal.seal(picture, text('x'))).toThrow(
      expect.objectContaining({ reason: 'illegal-transition' }),
    );
    expect(room().seal.current).toBeNull();
  });

  test('give a new viewer the epoch of the moment', () => {
    const { seal, open } = room();
    seal.turn(false);
    const told = seal.turn(true);
    expect(seal.current).toEqual(told);
    open.add(told);
    expect(deliver(open, seal.seal(picture, text('x')).message)).toEqual(text('x'));
  });

  test('drop what belongs to an epoch that is not known', () => {
    const { seal, open } = room();
    seal.turn(false);
    const before = seal.seal(picture, text('before')).message;
    expect(deliver(open, before)).toBeNull();
    open.add(seal.turn(false));
    expect(deliver(open, before)).toBeNull();
    const late = seal.turn(false);
    const early = seal.seal(picture, text('early')).message;
    expect(deliver(open, early)).toBeNull();
    open.add(late);
    expect(deliver(open, early)).toEqual(text('early'));
  });

  test('keep the two newest epochs, and zero the older ones', () => {
    const { seal, open } = room();
    const epochs = Array.from({ length: GROUP_LIMITS.epochsKept + 1 }, () => {
      const epoch = seal.turn(false);
      return { epoch, message: seal.seal(picture, text('x')).message };
    });
    for (const { epoch } of epochs) open.add(epoch);
    const [oldest, kept] = epochs;
    expect(deliver(open, oldest!.message)).toBeNull();
    expect(oldest!.epoch.key).toEqual(new Uint8Array(32));
    expect(deliver(open, kept!.message)).toEqual(text('x'));
    open.close();
    expect(kept!.epoch.key).toEqual(new Uint8Array(32));
  });

  test('go on past epoch 65535', () => {
    const { seal, open } = room();
    for (let epoch = 0; epoch < 0x10000; epoch += 1) seal.turn(false);
    const last = seal.current!;
    expect(last.epoch).toBe(0xffff);
    open.add(last);
    const first = seal.turn(true);
    expect(first.epoch).toBe(0);
    open.add(first);
    expect(deliver(open, seal.seal(picture, text('x')).message)).toEqual(text('x'));
  });

  test('count epochs on after the key was forgotten', () => {
    const { seal, open } = room();
    open.add(seal.turn(false));
    seal.close();
    expect(seal.current).toBeNull();
    expect(() => seal.seal(picture, text('x'))).toThrow(expect.objectContaining({ reason: 'illegal-transition' }));
    const next = seal.turn(false);
    expect(next.epoch).toBe(1);
    open.add(next);
    expect(deliver(open, seal.seal(picture, text('x')).message)).toEqual(text('x'));
  });

  test('refuse an epoch that does not follow the last one', () => {
    const { seal, open } = room();
    const [first, second] = [seal.turn(false), seal.turn(false)];
    open.add(second);
    expect(() => open.add(first)).toThrow(TAMPERED);
    const again = room();
    again.open.add({ epoch: 5, key: new Uint8Array(32), signed: false });
    expect(() => again.open.add({ epoch: 5, key: new Uint8Array(32), signed: false })).toThrow(TAMPERED);
  });

  test('one stream carries one type of message', () => {
    const { seal } = room();
    seal.turn(false);
    seal.seal(picture, text('x'));
    expect(() => seal.seal({ ...cursor, stream: picture.stream }, text('x'))).toThrow(
      expect.objectContaining({ reason: 'internal' }),
    );
  });
});
