// Owns what the connect dialog shows for a connection's phase and error. Pure.
import type { ErrorReason } from '../../../shared/base/errors.ts';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import { nextTry } from '../../feedback/next-try.ts';

export type ConnectStep =
  /** The code is asked for, perhaps again. */
  | { kind: 'code'; error: ErrorReason | null }
  | { kind: 'progress'; phase: 'connecting' | 'handshaking' | 'awaiting-consent' }
  /** It is open in a window of its own. */
  | { kind: 'open' }
  /** Somebody else answers at this address: no way on. */
  | { kind: 'identity-changed' }
  | { kind: 'failed'; reason: ErrorReason };

/**
 * @param connectionId null before the first try
 * @param connection undefined while main has not told of it yet
 */
export function connectStep(connectionId: string | null, connection: ConnectionState | undefined): ConnectStep {
  if (connectionId === null) return { kind: 'code', error: null };
  if (!connection) return { kind: 'progress', phase: 'connecting' };
  switch (connection.phase) {
    case 'connecting':
    case 'handshaking':
    case 'awaiting-consent':
      return { kind: 'progress', phase: connection.phase };
    case 'active':
    case 'reconnecting':
      return { kind: 'open' };
    case 'ended': {
      const reason = connection.error?.reason ?? 'ended-by-viewer';
      if (nextTry(reason) === 'new-code') return { kind: 'code', error: reason };
      return reason === 'identity-changed' ? { kind: 'identity-changed' } : { kind: 'failed', reason };
    }
  }
}
