// Owns getting into a room at a relay: as the host that opens it, or as a viewer.
import { TarnetError } from '../../shared/base/errors.ts';
import { registrationStatement } from '../../shared/wire/control.ts';
import { HOST_PEER } from '../../shared/wire/envelope.ts';
import { Link, type LinkEvents, type RelayAccess, type RelayLink } from './relay-link.ts';

export interface HostAccess extends RelayAccess {
  hostId: string;
  /** 32 bytes: the key that the relay binds the ID to. */
  ed25519: Uint8Array;
  /** Signs with that key. */
  sign(statement: Uint8Array): Uint8Array;
}

export interface ViewerAccess extends RelayAccess {
  /** Nine digits, or `*` for the only room of an embedded relay. */
  hostId: string;
}

export interface HostLinkEvents extends LinkEvents {
  /** The room is open. */
  onRegistered(maxViewers: number, observedAddress: string): void;
  onPeerJoined(peer: number, address: string): void;
  onPeerLeft(peer: number): void;
  /** The relay dropped pictures for this viewer, which has drained since. */
  onKeyframeWanted(peer: number): void;
}

export interface ViewerLinkEvents extends LinkEvents {
  onJoined(peer: number, hostId: string): void;
  /** The host is gone from the room. */
  onHostLeft(): void;
}

/** Asks a relay which of these hosts are there, by their presence keys. Whatever the answer, the connection ends. */
export function askPresence(access: RelayAccess, keys: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const { token } = access;
  return new Promise((resolve, reject) => {
    const link = new Link(
      access,
      { onMessage: () => undefined, onClose: (reason, message) => reject(new TarnetError(reason, message)) },
      {
        acks: false,
        hello: {
          op: 'presence',
          keys: keys.map((key) => new Uint8Array(key)),
          ...(token === undefined ? {} : { token }),
        },
        onControl(message, current) {
          if (message.op !== 'present') return false;
          current.admitted();
          resolve(message.keys);
          link.close();
          return true;
        },
      },
    );
  });
}

/** Opens this host's room at a relay. */
export function registerAsHost(access: HostAccess, events: HostLinkEvents): RelayLink {
  const { hostId, ed25519, token } = access;
  return new Link(access, events, {
    acks: false,
    hello: { op: 'register', hostId, ed25519: ed25519.slice(), ...(token === undefined ? {} : { token }) },
    onControl(message, link) {
      switch (message.op) {
        case 'challenge': {
          const signature = access.sign(registrationStatement(message.nonce, hostId)).slice();
          link.sendControl({ op: 'prove', signature });
          return true;
        }
        case 'registered':
          link.admitted();
          events.onRegistered(message.maxViewers, message.observedAddress);
          return true;
        case 'peer-joined':
          events.onPeerJoined(message.peer, message.address);
          return true;
        case 'peer-left':
          events.onPeerLeft(message.peer);
          return true;
        case 'keyframe':
          events.onKeyframeWanted(message.peer);
          return true;
        default:
          return false;
      }
    },
  });
}

/** Goes into a host's room at a relay. */
export function joinAsViewer(access: ViewerAccess, events: ViewerLinkEvents): RelayLink {
  const { hostId, token } = access;
  return new Link(access, events, {
    acks: true,
    hello: { op: 'join', hostId, ...(token === undefined ? {} : { token }) },
    onControl(message, link) {
      switch (message.op) {
        case 'joined':
          link.admitted();
          events.onJoined(message.peer, message.hostId);
          return true;
        case 'peer-left':
          if (message.peer === HOST_PEER) events.onHostLeft();
          return true;
        default:
          return false;
      }
    },
  });
}
