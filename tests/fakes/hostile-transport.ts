// Owns a transport in the hands of an attacker: what crosses it can be changed, repeated, held back or cut.
import type { OpenTransport, Transport, TransportEvents } from '../../shared/transport/transport.ts';

/** What becomes of one message: nothing, itself, several, something else. */
export type Tamper = (message: Uint8Array) => Uint8Array[];

/** Changes from outside while the transport is in use. */
export interface HostileControl {
  /** What arrives at our end. */
  incoming: Tamper;
  /** What our end sends. */
  outgoing: Tamper;
  /** Gives our end a message that nobody sent. */
  deliver(message: Uint8Array): void;
  /** Cuts every open transport, as a cable does. */
  cut(): void;
  /** While true nothing arrives and nothing leaves, and nobody is told. */
  frozen: boolean;
  /** While true nothing can be opened. */
  closed: boolean;
  /** How many transports were opened. */
  opened: number;
}

const untouched: Tamper = (message) => [message];

/** Wraps a way to open transports; each one obeys the control from then on. */
export function hostileTransport(open: OpenTransport): { open: OpenTransport; control: HostileControl } {
  const live = new Set<() => void>();
  let newest: TransportEvents | null = null;
  const control: HostileControl = {
    incoming: untouched,
    outgoing: untouched,
    frozen: false,
    closed: false,
    opened: 0,
    deliver: (message) => newest?.onMessage(message),
    cut: () => {
      for (const cutOne of [...live]) cutOne();
    },
  };
  const openHostile: OpenTransport = (url, events) => {
    control.opened += 1;
    newest = events;
    if (control.closed) {
      queueMicrotask(() => events.onClose('relay-unreachable', 'closed'));
      return { send: () => undefined, queuedBytes: 0, close: () => undefined };
    }
    let inner: Transport | null = null;
    const cutOne = () => {
      live.delete(cutOne);
      inner?.close();
      events.onClose('connection-lost', 'cut');
    };
    inner = open(url, {
      onOpen: () => events.onOpen(),
      onMessage: (message) => {
        if (control.frozen) return;
        for (const one of control.incoming(message)) events.onMessage(one);
      },
      onClose: (reason, message) => {
        live.delete(cutOne);
        events.onClose(reason, message);
      },
    });
    live.add(cutOne);
    const transport = inner;
    return {
      send: (message) => {
        if (control.frozen) return;
        for (const one of control.outgoing(message)) transport.send(one);
      },
      get queuedBytes() {
        return transport.queuedBytes;
      },
      close: () => {
        live.delete(cutOne);
        transport.close();
      },
    };
  };
  return { open: openHostile, control };
}

/** Applies a tampering to the messages that match, and lets the others pass. */
export function only(matches: (message: Uint8Array) => boolean, tamper: Tamper): Tamper {
  return (message) => (matches(message) ? tamper(message) : [message]);
}

/** Applies a tampering once, to the first message that matches. */
export function once(matches: (message: Uint8Array) => boolean, tamper: Tamper): Tamper {
  let done = false;
  return (message) => {
    if (done || !matches(message)) return [message];
    done = true;
    return tamper(message);
  };
}

/** Flips one bit of the byte at this place, counted from the end when negative. */
export function flipBit(place: number): Tamper {
  return (message) => {
    const changed = message.slice();
    const at = place < 0 ? changed.length + place : place;
    changed[at] = (changed[at] ?? 0) ^ 1;
    return [changed];
  };
}

export const duplicate: Tamper = (message) => [message, message.slice()];
export const drop: Tamper = () => [];
export const truncate =
  (sizeBytes: number): Tamper =>
  (message) => [message.subarray(0, sizeBytes)];
/** The message as many messages of one byte each. */
export const byteByByte: Tamper = (message) => Array.from(message, (byte) => new Uint8Array([byte]));

/** Swaps each message with the next one that matches. */
export function swapWithNext(matches: (message: Uint8Array) => boolean): Tamper {
  let held: Uint8Array | null = null;
  return (message) => {
    if (!matches(message)) return [message];
    if (!held) {
      held = message;
      return [];
    }
    const first = held;
    held = null;
    return [message, first];
  };
}
