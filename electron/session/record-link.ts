// Owns the reliable records between one host and one viewer over one connection: sealing, numbering, opening.
import { type Envelope, envelope, HOST_PEER, MessageType } from '../../shared/wire/envelope.ts';
import { type Channel, decodeReliable, encodeReliable, type ReliableMessage } from '../../shared/wire/reliable.ts';
import type { SealedChannel } from './sealed-channel.ts';

export class RecordLink {
  readonly #channel: SealedChannel;
  readonly #peer: number;
  readonly #sendMessage: (message: Uint8Array) => void;
  readonly #nextId = new Map<Channel, number>();
  #nextSeq = 0;

  /** @param peer where records go: a viewer's number, or the host's @param sendMessage takes whole messages, in order */
  constructor(channel: SealedChannel, sendMessage: (message: Uint8Array) => void, peer: number = HOST_PEER) {
    this.#channel = channel;
    this.#peer = peer;
    this.#sendMessage = sendMessage;
  }

  /**
   * Sends one message and returns its number; after the channel died nothing, and null. `answers` is the number of the
   * message that this one answers.
   */
  send(channel: Channel, body: Uint8Array, answers?: number): number | null {
    if (!this.#channel.alive) return null;
    const id = answers ?? this.#nextId.get(channel) ?? 0;
    if (answers === undefined) this.#nextId.set(channel, (id + 1) >>> 0);
    const header = envelope(MessageType.reliable, { peer: this.#peer, seq: this.#nextSeq });
    this.#nextSeq = (this.#nextSeq + 1) >>> 0;
    this.#sendMessage(this.#channel.seal(header, encodeReliable({ channel, id, body })));
    return id;
  }

  /** The message in a record. Throws `tampered` or `malformed`. */
  open(header: Envelope, body: Uint8Array): ReliableMessage {
    return decodeReliable(this.#channel.open(header, body));
  }

  /** Forgets the keys. */
  close(): void {
    this.#channel.close();
  }
}
