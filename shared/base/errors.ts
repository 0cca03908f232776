// Owns the one error type of the product: callers branch on `reason`, never on text.

/** Every reason why something can fail. Stable names: they cross the wire, the log and the locale files. */
export const ERROR_REASONS = [
  'malformed',
  'too-large',
  'rate-limited',
  'unauthorised',
  'host-offline',
  'too-slow',
  'going-away',
  'redirect',
  'version-too-old',
  'wrong-code',
  'code-locked',
  'wrong-password',
  'password-locked',
  'password-stopped',
  'wrong-second-factor',
  'being-watched',
  'not-paired',
  'other-host',
  'denied',
  'consent-timeout',
  'do-not-disturb',
  'network-refused',
  'identity-changed',
  'relay-unreachable',
  'connection-lost',
  'tampered',
  'ended-by-host',
  'ended-by-viewer',
  'share-stopped',
  'capture-failed',
  'encoder-failed',
  'decoder-failed',
  'injector-failed',
  'port-taken',
  'not-supported',
  'timeout',
  'cancelled',
  'limit-reached',
  'not-found',
  'not-written',
  'not-a-backup',
  'wrong-file-password',
  'illegal-transition',
  'internal',
] as const;

export type ErrorReason = (typeof ERROR_REASONS)[number];

export interface ErrorDetail {
  /** The field of the input that was wrong, as its sender would name it. */
  field?: string;
  /** The limit that was passed, with its unit in words: "64 KiB". */
  limit?: string;
  cause?: unknown;
}

/** An error with a stable reason, and where it applies the field and the limit that was passed. */
export class TarnetError extends Error {
  readonly reason: ErrorReason;
  readonly field: string | undefined;
  readonly limit: string | undefined;

  constructor(reason: ErrorReason, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'TarnetError';
    this.reason = reason;
    this.field = detail.field;
    this.limit = detail.limit;
  }

  /** Input that does not parse: names the field and, where there is one, the limit. */
  static malformed(field: string, message: string, limit?: string): TarnetError {
    return new TarnetError('malformed', `${field}: ${message}`, { field, ...(limit ? { limit } : {}) });
  }

  /** Input over a named size limit. */
  static tooLarge(field: string, sizeBytes: number, limitBytes: number): TarnetError {
    return new TarnetError('too-large', `${field}: ${sizeBytes} bytes, the limit is ${limitBytes}`, {
      field,
      limit: `${limitBytes} bytes`,
    });
  }

  /** Whatever was thrown, as a TarnetError; what is none yet becomes `internal` with its cause. */
  static from(error: unknown): TarnetError {
    if (error instanceof TarnetError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new TarnetError('internal', message, { cause: error });
  }
}
