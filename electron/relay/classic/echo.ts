// Owns what an echo answers.

export const ECHO_LIMITS = { maxRequestBytes: 1_024 } as const;

/** The request in upper case, without the white space around it; empty when there is nothing else. */
export function echoOf(request: Buffer): Buffer {
  return Buffer.from(request.toString('utf8').trim().toUpperCase(), 'utf8');
}
