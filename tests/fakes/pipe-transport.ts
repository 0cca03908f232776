// Owns a transport without a network: what one end sends, the test's end sees at once.
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';

/** The far end of a pipe: what the relay would hold. */
export interface PipeEnd {
  readonly url: string;
  /** Everything that was sent and not taken yet. */
  readonly sent: Uint8Array[];
  readonly closed: boolean;
  /** What `queuedBytes` says at the near end. */
  queuedBytes: number;
  opens(): void;
  delivers(message: Uint8Array): void;
  closes(reason: ErrorReason, message?: string): void;
}

/** A factory of pipes, and every pipe that it has made. */
export function pipeTransports(): { open: OpenTransport; pipes: PipeEnd[] } {
  const pipes: PipeEnd[] = [];
  const open: OpenTransport = (url, events) => {
    const state: { closed: boolean } = { closed: false };
    const sent: Uint8Array[] = [];
    const pipe: PipeEnd = {
      url,
      sent,
      get closed() {
        return state.closed;
      },
      queuedBytes: 0,
      opens: () => events.onOpen(),
      delivers(message) {
        if (!state.closed) events.onMessage(message);
      },
      closes(reason, message = '') {
        if (state.closed) return;
        state.closed = true;
        events.onClose(reason, message);
      },
    };
    pipes.push(pipe);
    return {
      send(message) {
        if (!state.closed) sent.push(message);
      },
      get queuedBytes() {
        return pipe.queuedBytes;
      },
      close() {
        state.closed = true;
      },
    };
  };
  return { open, pipes };
}
