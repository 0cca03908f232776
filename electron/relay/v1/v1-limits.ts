// Owns the bounds of protocol v1 that are not for the operator to choose.

export const V1_LIMITS = {
  /** Characters of a host's or a client's ID. */
  maxIdLength: 128,
  /** Bytes of any message but a host's frame. */
  maxMessageBytes: 64 * 1024,
  maxKeyLength: 64,
  maxTextLength: 4_096,
  maxTokenLength: 512,
  /** No screen has more pixels to a side. */
  maxCoordinate: 65_535,
  /** Notches of a wheel in one command. */
  maxScroll: 10_000,
  /** Hosts that a list names; `server_stats` counts all. */
  maxListedHosts: 1_000,
  listsPerSecond: 5,
  framesPerSecond: 240,
  /** Bytes of a list or of errors that may wait for a connection that does not read; with more it is closed. */
  maxWaitingReplyBytes: 1024 * 1024,
  /** Neither host nor client, and not a word: closed. */
  unregisteredIdleMs: 60_000,
  /** Host or client, and no message came or went for this long: closed, unless the operator says sooner. */
  idleMs: 300_000,
  /** How long a connection whose ID somebody else claims has to prove that it is alive. */
  claimProbeMs: 2_000,
  /** How long the ID of a host that was lost is kept for its address. */
  keepIdMs: 60_000,
  maxKeptIds: 1_024,
} as const;
