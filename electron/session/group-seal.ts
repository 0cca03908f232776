// Owns the encryption of pictures and cursors for all viewers of a room at once: one key per epoch, sealed once.
import { assert } from '../../shared/base/assert.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { label } from '../../shared/crypto/labels.ts';
import { groupNonce } from '../../shared/crypto/nonces.ts';
import {
  KEY_BYTES,
  type Primitives,
  SIGNATURE_BYTES,
  type Sign,
  TAG_BYTES,
  type Verify,
} from '../../shared/crypto/primitives.ts';
import {
  ENVELOPE_BYTES,
  type Envelope,
  envelope,
  envelopeAad,
  type MessageType,
  writeEnvelope,
} from '../../shared/wire/envelope.ts';

export const GROUP_LIMITS = {
  /** Epochs whose keys a viewer keeps: the current one, and the one before for records still on their way. */
  epochsKept: 2,
  /** Records of one stream in one epoch; the host has to turn the epoch before. */
  maxSeq: 0xffffffff,
} as const;

/** What the host tells each viewer over its own channel. */
export interface GroupEpoch {
  /** u16; rises by one with each turn and starts again at 0 after 65535. */
  epoch: number;
  /** 32 random bytes. The viewer's side takes it over and zeroes it. */
  key: Uint8Array;
  /** Whether each record of the epoch is signed by the host. A property of the epoch: a record cannot take it off. */
  signed: boolean;
}

export interface GroupRecordFields {
  type: MessageType;
  stream: number;
  flags?: number;
  peer: number;
}

export interface SealedGroupRecord {
  message: Uint8Array<ArrayBuffer>;
  epoch: number;
  seq: number;
}

/** The host's side: seals each record once. One stream carries one type of message. */
export class GroupSeal {
  readonly #primitives: Primitives;
  readonly #sign: Sign;
  readonly #nextSeq = new Map<number, { type: MessageType; seq: number }>();
  #current: GroupEpoch | null = null;
  #nextEpoch = 0;
  #keyId: Uint8Array = new Uint8Array();

  /** `sign` is the host identity's. */
  constructor(primitives: Primitives, sign: Sign) {
    this.#primitives = primitives;
    this.#sign = sign;
  }

  /** The epoch to tell a viewer; null before the first turn. The key is a copy. */
  get current(): GroupEpoch | null {
    return this.#current && { ...this.#current, key: this.#current.key.slice() };
  }

  /**
   * A new random key: when somebody joins, leaves or gets other permissions. `signed` must be true when two or more
   * viewers get it. The old key is zeroed and all sequence numbers start again.
   */
  turn(signed: boolean): GroupEpoch {
    const epoch = this.#nextEpoch;
    this.#nextEpoch = (epoch + 1) & 0xffff;
    this.#current?.key.fill(0);
    const key = this.#primitives.randomBytes(KEY_BYTES);
    this.#current = { epoch, key, signed };
    this.#keyId = keyId(this.#primitives, key);
    this.#nextSeq.clear();
    return { epoch, key: key.slice(), signed };
  }

  /**
   * One whole message: header, ciphertext, tag, and the signature where the epoch is signed. Throws `illegal-transition`
   * before the first turn and `limit-reached` when the stream's sequence numbers are used up: turn, then seal.
   */
  seal(fields: GroupRecordFields, plaintext: Uint8Array): SealedGroupRecord {
    const current = this.#current;
    if (!current) throw new TarnetError('illegal-transition', 'sealing before the first epoch');
    const seq = this.#takeSeq(fields);
    const header = envelope(fields.type, { ...fields, epoch: current.epoch, seq });
    const sealedBytes = plaintext.length + TAG_BYTES;
    const message = new Uint8Array(ENVELOPE_BYTES + sealedBytes + (current.signed ? SIGNATURE_BYTES : 0));
    writeEnvelope(message, header);
    const aad = envelopeAad(header);
    const input = { key: current.key, nonce: groupNonce(header.stream, seq), aad };
    this.#primitives.sealInto(message, ENVELOPE_BYTES, input, plaintext);
    if (current.signed) {
      const sealed = message.subarray(ENVELOPE_BYTES, ENVELOPE_BYTES + sealedBytes);
      message.set(
        this.#sign(signedStatement(this.#primitives, this.#keyId, aad, sealed)),
        ENVELOPE_BYTES + sealedBytes,
      );
    }
    return { message, epoch: current.epoch, seq };
  }

  /** Forgets the key: nobody watches. A later turn goes on with the next epoch. */
  close(): void {
    this.#current?.key.fill(0);
    this.#current = null;
  }

  #takeSeq({ type, stream }: GroupRecordFields): number {
    const next = this.#nextSeq.get(stream) ?? { type, seq: 0 };
    assert(next.type === type, 'one stream carries one type of message');
    if (next.seq > GROUP_LIMITS.maxSeq)
      throw new TarnetError('limit-reached', 'the epoch is used up', { field: 'seq', limit: `${GROUP_LIMITS.maxSeq}` });
    this.#nextSeq.set(stream, { type, seq: next.seq + 1 });
    return next.seq;
  }
}

interface KnownEpoch extends GroupEpoch {
  keyId: Uint8Array;
  /** Counts the epochs in the order they were told. */
  order: number;
}

/** A viewer's side: opens records of the epochs it was told, each once and in the order they were sealed. */
export class GroupOpen {
  readonly #primitives: Primitives;
  readonly #verify: Verify;
  readonly #epochs: KnownEpoch[] = [];
  readonly #newest = new Map<number, { order: number; seq: number }>();
  #told = 0;
  #dead = false;

  /** `verify` checks signatures of the host identity that the handshake proved. */
  constructor(primitives: Primitives, verify: Verify) {
    this.#primitives = primitives;
    this.#verify = verify;
  }

  /** A new epoch, told by the host over the sealed channel. Throws `tampered` when it does not follow the last one. */
  add(epoch: GroupEpoch): void {
    assert(epoch.key.length === KEY_BYTES, 'a group key has 32 bytes');
    const last = this.#epochs.at(-1);
    if (this.#dead || (last && !isNewer(epoch.epoch, last.epoch))) throw this.#tampered('epoch');
    this.#told += 1;
    this.#epochs.push({ ...epoch, keyId: keyId(this.#primitives, epoch.key), order: this.#told });
    if (this.#epochs.length > GROUP_LIMITS.epochsKept) this.#epochs.shift()?.key.fill(0);
  }

  /**
   * The plaintext of a record; null when its epoch is not known: told late, or too old. Gaps are allowed, a relay may drop
   * pictures. Throws `tampered` for a record that was changed, repeated, reordered or not signed where it has to be; from
   * then on nothing opens.
   */
  open(header: Envelope, body: Uint8Array): Uint8Array | null {
    if (this.#dead) throw this.#tampered('body');
    const epoch = this.#epochs.find((known) => known.epoch === header.epoch);
    if (!epoch) return null;
    const newest = this.#newest.get(header.stream);
    const follows = !newest || epoch.order > newest.order || (epoch.order === newest.order && header.seq > newest.seq);
    if (!follows) throw this.#tampered('seq');
    const plaintext = this.#openSealed(epoch, header, body);
    if (!plaintext) throw this.#tampered('body');
    this.#newest.set(header.stream, { order: epoch.order, seq: header.seq });
    return plaintext;
  }

  /** Forgets the keys. */
  close(): void {
    this.#dead = true;
    for (const epoch of this.#epochs) epoch.key.fill(0);
    this.#epochs.length = 0;
  }

  #openSealed(epoch: KnownEpoch, header: Envelope, body: Uint8Array): Uint8Array | null {
    const signatureBytes = epoch.signed ? SIGNATURE_BYTES : 0;
    if (body.length < TAG_BYTES + signatureBytes) return null;
    const aad = envelopeAad(header);
    const sealed = body.subarray(0, body.length - signatureBytes);
    const nonce = groupNonce(header.stream, header.seq);
    const plaintext = this.#primitives.open({ key: epoch.key, nonce, aad }, sealed);
    if (!plaintext || !epoch.signed) return plaintext;
    const statement = signedStatement(this.#primitives, epoch.keyId, aad, sealed);
    return this.#verify(statement, body.subarray(sealed.length)) ? plaintext : null;
  }

  #tampered(field: string): TarnetError {
    this.close();
    return new TarnetError('tampered', 'a record of the room did not open', { field });
  }
}

/** Whether one u16 comes after another within half of the circle. */
function isNewer(epoch: number, than: number): boolean {
  const ahead = (epoch - than) & 0xffff;
  return ahead > 0 && ahead < 0x8000;
}

/** Names a key without telling it, so that a signature under one key says nothing under another. */
function keyId(primitives: Primitives, key: Uint8Array): Uint8Array {
  return primitives.sha256(label('group id'), key);
}

function signedStatement(primitives: Primitives, id: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
  return label('group sig', primitives.sha256(id, aad, sealed));
}
