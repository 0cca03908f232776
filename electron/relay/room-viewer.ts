// Owns one viewer in its room: what of the host's messages it is sent, and what waits or is dropped.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { type ControlMessage, encodeControl } from '../../shared/wire/control.ts';
import { type Envelope, EnvelopeFlag, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { ViewerFlow } from './backpressure.ts';
import type { Connection } from './connection.ts';
import type { RelayCounters } from './relay-counters.ts';
import type { SharedFrame } from './shared-frame.ts';

export class RoomViewer {
  readonly peer: number;
  readonly connection: Connection;
  readonly flow: ViewerFlow;
  readonly #clock: Clock;
  readonly #counters: RelayCounters;
  /**
   * The host has sent this viewer a sealed message of its own. Before that it holds no key, and pictures for everybody
   * are of no use to it: whoever has only walked in costs the host neither bandwidth nor key frames.
   */
  #watching = false;
  /** By stream, the newest pointer that has not been sent. */
  readonly #cursors = new Map<number, Uint8Array>();

  constructor(peer: number, connection: Connection, clock: Clock, counters: RelayCounters) {
    this.peer = peer;
    this.connection = connection;
    this.#clock = clock;
    this.#counters = counters;
    this.flow = new ViewerFlow(clock.monotonicMs(), connection.sentBytes);
  }

  sendControl(message: ControlMessage): void {
    this.sendReliable(encodeMessage(envelope(MessageType.control), encodeControl(message)));
  }

  /** Sends what is never dropped; closes the viewer when too much of it is on its way. */
  sendReliable(message: Uint8Array): void {
    if (!this.connection.isOpen) return;
    try {
      this.flow.sendReliable(message.length, this.#clock.monotonicMs());
    } catch (error) {
      this.connection.fail(TarnetError.from(error));
      return;
    }
    this.connection.send(message);
  }

  /** A message of the host's, for this viewer alone or for everybody. */
  fromHost(header: Envelope, frame: SharedFrame, forEverybody: boolean): void {
    const { message } = frame;
    switch (header.type) {
      case MessageType.reliable:
        if (!forEverybody) this.#watching = true;
        this.sendReliable(message);
        return;
      case MessageType.handshake:
        this.sendReliable(message);
        return;
      case MessageType.media:
        if (!forEverybody || this.#watching) this.#offerMedia(header, frame);
        return;
      case MessageType.cursor:
        if (!forEverybody || this.#watching) this.#offerCursor(header.stream, message);
        return;
      default:
        throw TarnetError.malformed('type', `type ${header.type} is not for a viewer`);
    }
  }

  /** Throws `malformed` when that much was never sent. */
  acknowledge(totalBytes: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.flow.acknowledge(totalBytes, nowMs);
    for (const [stream, message] of this.#cursors) {
      if (!this.flow.offerCursor(message.length, nowMs)) return;
      this.#cursors.delete(stream);
      this.connection.send(message);
    }
  }

  /** The host is gone: what it had begun means nothing to the next one. */
  hostLeft(): void {
    this.#watching = false;
    this.#cursors.clear();
    this.flow.forgetStreams();
    this.sendControl({ op: 'peer-left', peer: 0 });
  }

  #offerMedia({ stream, flags }: Envelope, shared: SharedFrame): void {
    const key = (flags & EnvelopeFlag.key) !== 0;
    const discardable = (flags & EnvelopeFlag.discardable) !== 0;
    const frame = { stream, key, discardable, sizeBytes: shared.message.length };
    if (this.flow.offerMedia(frame, this.#clock.monotonicMs())) this.connection.sendShared(shared);
    else this.#counters.droppedFrames += 1;
  }

  #offerCursor(stream: number, message: Uint8Array): void {
    if (this.flow.offerCursor(message.length, this.#clock.monotonicMs())) {
      this.#cursors.delete(stream);
      this.connection.send(message);
      return;
    }
    // A copy, or it would keep all that was read together with it for as long as it waits.
    this.#cursors.set(stream, message.slice());
  }
}
