// Owns how one direction's key and nonce move on: a counter for every record, a new key after so many.
import { assert } from '../base/assert.ts';
import { label } from './labels.ts';
import { KEY_BYTES, NONCE_BYTES, type Primitives } from './primitives.ts';

export const RATCHET_LIMITS = {
  /** Records and plaintext bytes under one key. */
  recordsPerKey: 2 ** 20,
  bytesPerKey: 2 ** 30,
} as const;

export interface RatchetLimits {
  recordsPerKey: number;
  bytesPerKey: number;
}

type RatchetPrimitives = Pick<Primitives, 'hkdfSha256'>;

/**
 * Key and nonce of one direction. Both ends call `next` once per record with the same sizes, so they turn the key at the
 * same record. The key after a turn is HKDF(key, "tarnet2 rekey"); the old one is zeroed.
 */
export class RatchetKey {
  readonly #primitives: RatchetPrimitives;
  readonly #limits: RatchetLimits;
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  readonly #nonceView = new DataView(this.#nonce.buffer);
  #key: Uint8Array;
  #record = 0;
  #recordsWithKey = 0;
  #bytesWithKey = 0;

  constructor(primitives: RatchetPrimitives, key: Uint8Array, limits: RatchetLimits = RATCHET_LIMITS) {
    assert(key.length === KEY_BYTES, 'a record key has 32 bytes');
    this.#primitives = primitives;
    this.#limits = limits;
    this.#key = key;
  }

  /**
   * Key and nonce for the next record of this many plaintext bytes. Both are views that the next call changes. The nonce
   * is 32 zero bits, then the record's number as 64 bits, big-endian.
   */
  next(plaintextBytes: number): { key: Uint8Array; nonce: Uint8Array } {
    assert(this.#record < Number.MAX_SAFE_INTEGER, 'the record counter is used up');
    const { recordsPerKey, bytesPerKey } = this.#limits;
    const full = this.#recordsWithKey >= recordsPerKey || this.#bytesWithKey + plaintextBytes > bytesPerKey;
    if (full && this.#recordsWithKey > 0) this.#turn();
    this.#nonceView.setUint32(4, Math.floor(this.#record / 2 ** 32), false);
    this.#nonceView.setUint32(8, this.#record % 2 ** 32, false);
    this.#record += 1;
    this.#recordsWithKey += 1;
    this.#bytesWithKey += plaintextBytes;
    return { key: this.#key, nonce: this.#nonce };
  }

  /** Zeroes the key. */
  forget(): void {
    this.#key.fill(0);
  }

  #turn(): void {
    const next = this.#primitives.hkdfSha256(this.#key, label('rekey'), KEY_BYTES);
    this.#key.fill(0);
    this.#key = next;
    this.#recordsWithKey = 0;
    this.#bytesWithKey = 0;
  }
}
