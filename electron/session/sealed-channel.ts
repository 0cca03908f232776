// Owns the encrypted channel between one host and one viewer, after their handshake: whole messages, one key each way.
import { TarnetError } from '../../shared/base/errors.ts';
import { type Primitives, TAG_BYTES } from '../../shared/crypto/primitives.ts';
import { RatchetKey } from '../../shared/crypto/ratchet.ts';
import { ENVELOPE_BYTES, type Envelope, envelopeAad, writeEnvelope } from '../../shared/wire/envelope.ts';

export interface SealedChannelKeys {
  /** 32 bytes each; the channel keeps them and zeroes them. */
  send: Uint8Array;
  receive: Uint8Array;
}

/**
 * Seals and opens messages in strict order. The record number is the nonce and is never sent: a message that was dropped,
 * repeated, reordered, reflected or changed does not open, and from then on nothing does.
 */
export class SealedChannel {
  readonly #primitives: Primitives;
  readonly #send: RatchetKey;
  readonly #receive: RatchetKey;
  #dead = false;

  constructor(primitives: Primitives, keys: SealedChannelKeys) {
    this.#primitives = primitives;
    this.#send = new RatchetKey(primitives, keys.send);
    this.#receive = new RatchetKey(primitives, keys.receive);
  }

  /** False once something did not open, or the channel was closed. */
  get alive(): boolean {
    return !this.#dead;
  }

  /**
   * The whole message: header, ciphertext, tag. Messages must be sent in the order they were sealed. The relay may rewrite
   * `peer`; everything else of the header is authenticated. Throws `tampered` on a dead channel.
   */
  seal(header: Envelope, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#dead) throw deadChannel();
    const message = new Uint8Array(ENVELOPE_BYTES + plaintext.length + TAG_BYTES);
    writeEnvelope(message, header);
    const { key, nonce } = this.#send.next(plaintext.length);
    this.#primitives.sealInto(message, ENVELOPE_BYTES, { key, nonce, aad: envelopeAad(header) }, plaintext);
    return message;
  }

  /** The plaintext of the next message's body. Throws `tampered` on anything wrong, and ever after. */
  open(header: Envelope, body: Uint8Array): Uint8Array {
    if (this.#dead) throw deadChannel();
    const plaintext = body.length < TAG_BYTES ? null : this.#openNext(header, body);
    if (plaintext === null) {
      this.close();
      throw new TarnetError('tampered', 'a sealed message did not open', { field: 'body' });
    }
    return plaintext;
  }

  /** Forgets the keys. */
  close(): void {
    this.#dead = true;
    this.#send.forget();
    this.#receive.forget();
  }

  #openNext(header: Envelope, body: Uint8Array): Uint8Array | null {
    const { key, nonce } = this.#receive.next(body.length - TAG_BYTES);
    return this.#primitives.open({ key, nonce, aad: envelopeAad(header) }, body);
  }
}

function deadChannel(): TarnetError {
  return new TarnetError('tampered', 'the channel is closed');
}
