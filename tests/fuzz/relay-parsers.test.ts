// Everything that a stranger can make a relay read, given to its parsers nearly right: each answer is a value or a clear error.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../electron/relay/classic/frame.ts';
import { TextMessages } from '../../electron/relay/classic/text-messages.ts';
import { answerPing, decodeAck } from '../../electron/relay/fixed-messages.ts';
import { parseV1Message } from '../../electron/relay/v1/v1-message.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { type ControlMessage, decodeControl, encodeControl } from '../../shared/wire/control.ts';
import { decodeMessage, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { damaged, damagedJson, FUZZ_RUNS, FUZZ_TIMEOUT_MS } from './near-valid.ts';

const options = { numRuns: FUZZ_RUNS };
const INPUT_FAULTS: ReadonlySet<string> = new Set(['malformed', 'too-large']);

/** The value, or null when it was refused as input is to be refused. Anything else that is thrown fails the test. */
function judged<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TarnetError && INPUT_FAULTS.has(error.reason) && error.field) return null;
    throw error;
  }
}

const types = fc.constantFrom(...Object.values(MessageType));
const message = fc
  .tuple(
    types,
    fc.nat(7),
    fc.nat(0xffff),
    fc.nat(0xffff),
    fc.nat(0xffff),
    fc.nat(0xffff_ffff),
    fc.uint8Array({ maxLength: 200 }),
  )
  .map(([type, flags, peer, stream, epoch, seq, body]) =>
    encodeMessage(envelope(type, { flags, peer, stream, epoch, seq }), body),
  );

const hostId = fc.stringMatching(/^\d{9}$/);
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const control: fc.Arbitrary<ControlMessage> = fc.oneof(
  fc.record({ op: fc.constant('register' as const), hostId, ed25519: bytesOf(32) }),
  fc.record({ op: fc.constant('prove' as const), signature: bytesOf(64) }),
  fc.record({ op: fc.constant('join' as const), hostId }),
  fc.record({ op: fc.constant('kick' as const), peer: fc.nat(0xffff) }),
  fc.record({ op: fc.constant('redirect' as const), url: fc.string({ maxLength: 100 }) }),
);

const id = fc.uuid();
const place = { x: fc.integer({ min: -10, max: 4000 }), y: fc.integer({ min: -10, max: 4000 }) };
const v1Message = fc.oneof(
  fc.record({ type: fc.constant('register_host'), host_id: id, timestamp: fc.double() }),
  fc.record({ type: fc.constant('screen_frame'), host_id: id, data: fc.base64String(), timestamp: fc.double() }),
  fc.record({ type: fc.constant('register_client'), client_id: id, target_host: id }),
  fc.record({ type: fc.constant('get_hosts') }),
  fc.record({
    type: fc.constant('control_command'),
    client_id: id,
    target_host: id,
    command: fc.oneof(
      fc.record({ type: fc.constantFrom('mouse_click', 'mouse_move', 'mouse_down', 'mouse_up'), ...place }),
      fc.record({ type: fc.constantFrom('key_press', 'key_down', 'key_up'), key: fc.string() }),
      fc.record({ type: fc.constant('type_text'), text: fc.string() }),
    ),
  }),
);

const classicFrame = fc
  .tuple(
    fc.constantFrom('QUIT', 'FILE', 'CHAT', 'FDAT', 'quit'),
    fc.uint8Array({ maxLength: 64 }),
    fc.option(fc.bigInt(0n, 2n ** 64n - 1n)),
  )
  .map(([type, payload, lie]) => {
    const frame = Buffer.alloc(12 + payload.length);
    frame.writeBigUInt64BE(lie ?? BigInt(payload.length), 0);
    frame.write(type, 8, 'latin1');
    frame.set(payload, 12);
    return new Uint8Array(frame);
  });

/** The same bytes in pieces, as a network may bring them. */
function inPieces(bytes: Uint8Array, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}

describe('what a stranger may send', () => {
  it('as an envelope is read as it was written, or refused', { timeout: FUZZ_TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(damaged(message), (bytes) => {
        const read = judged(() => decodeMessage(bytes));
        if (read) expect(Buffer.compare(encodeMessage(read.header, read.body), bytes)).toBe(0);
      }),
      options,
    );
  });

  it('as a control message is understood or refused, and never anything in between', {
    timeout: FUZZ_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(damaged(control.map(encodeControl)), (bytes) => {
        const read = judged(() => decodeControl(bytes));
        if (read) expect(decodeControl(encodeControl(read))).toEqual(read);
      }),
      options,
    );
  });

  it('as ping and ack is a number within bounds or refused', { timeout: FUZZ_TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(0xffff_ffff), (bytes, seq) => {
        const total = judged(() => decodeAck(bytes));
        if (total !== null) expect(Number.isSafeInteger(total) && total >= 0).toBe(true);
        const answer = judged(() => answerPing(seq, bytes, 1_700_000_000_000));
        if (answer) expect(decodeMessage(answer).header).toMatchObject({ type: MessageType.ping, seq });
      }),
      options,
    );
  });

  it('as a message of version 1 is understood or refused by the name of its field', {
    timeout: FUZZ_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(damagedJson(v1Message), (text) => {
        const read = judged(() => parseV1Message(text));
        if (!read) return;
        // as texts: JSON reads -0, and writes it as 0
        const written = JSON.stringify(read);
        expect(JSON.stringify(parseV1Message(written))).toBe(written);
      }),
      options,
    );
  });

  it('as frames of chat and files is the same however it arrives', { timeout: FUZZ_TIMEOUT_MS }, () => {
    const read = (pieces: readonly Buffer[]) => {
      const reader = new FrameReader();
      const frames: string[] = [];
      const refused = judged(() => {
        for (const piece of pieces) {
          reader.push(piece);
          for (let frame = reader.next(); frame; frame = reader.next())
            frames.push(`${frame.type} ${frame.payload.toString('hex')}`);
        }
        return frames;
      });
      expect(reader.partialBytes).toBeLessThan(64 * 1024);
      return refused === null ? [...frames, 'refused'] : frames;
    };
    fc.assert(
      fc.property(
        damaged(fc.array(classicFrame, { maxLength: 4 }).map((frames) => Buffer.concat(frames))),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
        (bytes, sizes) => {
          expect(read(inPieces(bytes, sizes))).toEqual(read([Buffer.from(bytes)]));
        },
      ),
      options,
    );
  });

  it('as lines of text is the same however it arrives', { timeout: FUZZ_TIMEOUT_MS }, () => {
    const read = (pieces: readonly Buffer[]) => {
      const messages = new TextMessages(32);
      const texts: string[] = [];
      for (const piece of pieces) {
        messages.push(piece);
        for (let next = messages.next(); next; next = messages.next()) texts.push(JSON.stringify(next));
        expect(messages.partialBytes).toBeLessThanOrEqual(34);
      }
      messages.flush(true);
      for (let next = messages.next(); next; next = messages.next()) texts.push(JSON.stringify(next));
      expect(messages.partialBytes).toBe(0);
      return texts;
    };
    const text = fc.array(fc.constantFrom(...'aé€😀\r\n\0 '), { maxLength: 80 });
    const lines = text.map((characters) => new TextEncoder().encode(characters.join('')));
    fc.assert(
      fc.property(
        damaged(lines),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
        (bytes, sizes) => {
          expect(read(inPieces(bytes, sizes))).toEqual(read([Buffer.from(bytes)]));
        },
      ),
      options,
    );
  });
});
