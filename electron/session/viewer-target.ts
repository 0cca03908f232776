// Owns where a viewer's session goes, by which ways, and what it proves there.
import type { ViewerCredential } from './viewer-handshake.ts';

/** What opens a session: the code, the password, or the key of a paired host. */
export type AccessProof = Exclude<ViewerCredential, { kind: 'ticket' }>;

/** A relay on the way to the host. */
export interface ViewerRoute {
  /** ws:// or wss:// URL of the relay. */
  url: string;
  /** What the relay asks for, where it asks. */
  token?: string;
}

/** Where to go and what to prove there. */
export interface ViewerTarget extends ViewerRoute {
  /** Other relays at which the host may be; tried one after the other until one lets us into its room. */
  alternatives?: readonly ViewerRoute[];
  /** Nine digits, or `*` for the only room of a host's own relay. */
  hostId: string;
  /** A password is good for starting over without the user; a code is not. */
  proof: AccessProof;
}

/** All ways to the host, the first one first. */
export function routesOf(target: ViewerTarget): readonly ViewerRoute[] {
  return [target, ...(target.alternatives ?? [])];
}
