// Owns what a handshake needs of OPAQUE (RFC 9807), whatever process it runs in.

/** Sizes of the messages of OPAQUE with ristretto255 and SHA-512. */
export const OPAQUE_BYTES = { ke1: 96, ke2: 320, ke3: 64, sessionKey: 64 } as const;

/** Which secret is proved. How hard it is stretched follows from it, and is never sent: nobody can talk it down. */
export type OpaqueSecretKind = 'code' | 'password';

/** What a host keeps of a secret: enough to check who knows it, not the secret. */
export interface OpaqueRecord {
  readonly kind: OpaqueSecretKind;
  readonly serverSetup: string;
  readonly registration: string;
}

/** Between `serverStart` and `serverFinish`. Holds key material: keep it no longer than the handshake. */
export interface OpaqueServerState {
  readonly server: string;
}

/** Between `clientStart` and `clientFinish`. Holds the secret: keep it no longer than the handshake. */
export interface OpaqueClientState {
  readonly kind: OpaqueSecretKind;
  readonly client: string;
  readonly secret: string;
}

/** All calls reject with `internal` when the process behind them dies; the next call starts it again. */
export interface OpaquePort {
  /** Host: makes the record for a secret. Slow on purpose. */
  register(kind: OpaqueSecretKind, secret: string): Promise<OpaqueRecord>;
  /** Host: answers KE1. Rejects with `malformed` when KE1 is none. */
  serverStart(record: OpaqueRecord, ke1: Uint8Array): Promise<{ ke2: Uint8Array; state: OpaqueServerState }>;
  /** Host: the 64-byte session key. Rejects with `wrong-code` when KE3 does not prove the secret. */
  serverFinish(state: OpaqueServerState, ke3: Uint8Array): Promise<Uint8Array>;
  /** Viewer. */
  clientStart(kind: OpaqueSecretKind, secret: string): Promise<{ ke1: Uint8Array; state: OpaqueClientState }>;
  /** Viewer: null when the secret is wrong, or KE2 was changed on the way: nobody can tell which. */
  clientFinish(state: OpaqueClientState, ke2: Uint8Array): Promise<{ ke3: Uint8Array; sessionKey: Uint8Array } | null>;
}
