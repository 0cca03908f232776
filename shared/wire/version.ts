// Owns protocol versions: which capability came with which version. Nobody else compares version numbers.

/** WebSocket subprotocol of protocol version 2. */
export const SUBPROTOCOL_V2 = 'tarnet.v2';

export const PROTOCOL_VERSION = 2;
export const OLDEST_PROTOCOL_VERSION = 2;

const CAPABILITIES = {
  /** Lossless tiles as picture updates. */
  tiles: 2,
} as const satisfies Record<string, number>;
export type Capability = keyof typeof CAPABILITIES;

/**
 * Whether a peer of this protocol version has the capability.
 * @public every peer of version 2 has all of them: the first later version asks
 */
export function hasCapability(version: number, capability: Capability): boolean {
  return version >= CAPABILITIES[capability];
}

/** Whether this version can talk to that one at all. */
export function isSupportedVersion(version: number): boolean {
  return version >= OLDEST_PROTOCOL_VERSION && version <= PROTOCOL_VERSION;
}
