// Owns the WebSocket close codes and the reason each stands for.
import type { ErrorReason } from '../base/errors.ts';

export const CLOSE_CODES = {
  redirect: 4307,
  'going-away': 4308,
  malformed: 4400,
  unauthorised: 4401,
  'host-offline': 4404,
  'too-slow': 4408,
  'too-large': 4413,
  'rate-limited': 4429,
  'limit-reached': 4431,
  'ended-by-host': 4440,
  timeout: 4441,
} as const satisfies Partial<Record<ErrorReason, number>>;

export type CloseReason = keyof typeof CLOSE_CODES;

/** The reason of a close code; anything unknown, 1006 included, is a lost connection. */
export function closeReason(code: number): ErrorReason {
  for (const [reason, value] of Object.entries(CLOSE_CODES)) if (value === code) return reason as CloseReason;
  if (code === 1009) return 'too-large';
  return 'connection-lost';
}
