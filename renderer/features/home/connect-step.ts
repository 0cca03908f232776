// Owns what the connect dialog shows for a connection's phase and error. Pure.
import type { ErrorReason } from '../../../shared/base/errors.ts';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import { nextTry } from '../../feedback/next-try.ts';

export type ConnectStep =
  /** The code or the password is asked for, perhaps again. */
  | { kind: 'access'; error: ErrorReason | null }
  /** The host asks for a second factor, perhaps again. */
  | { kind: 'factor'; error: ErrorReason | null }
  | { kind: 'progress'; phase: 'connecting' | 'handshaking' | 'awaiting-consent' }
  /** It is open in a window of its own. */
  | { kind: 'open' }
  /** Somebody else answers at this address: no way on. */
  | { kind: 'identity-changed' }
  /** `again`: another try may go better. */
  | { kind: 'failed'; reason: ErrorReason; again: boolean };

/**
 * @param connectionId null before the first try
 * @param connection undefined while main has not told of it yet
 */
export function connectStep(connectionId: string | null, connection: ConnectionState | undefined): ConnectStep {
  if (connectionId === null) return { kind: 'access', error: null };
  if (!connection) return { kind: 'progress', phase: 'connecting' };
  switch (connection.phase) {
    case 'connecting':
    case 'handshaking':
    case 'awaiting-consent':
      return { kind: 'progress', phase: connection.phase };
    case 'awaiting-factor':
      return { kind: 'factor', error: null };
    case 'active':
    case 'reconnecting':
      return { kind: 'open' };
    case 'ended': {
      const reason = connection.error?.reason ?? 'ended-by-viewer';
      const next = nextTry(reason, connection.how);
      if (next === 'factor') return { kind: 'factor', error: reason };
      if (next === 'ask') return { kind: 'access', error: reason };
      if (reason === 'identity-changed') return { kind: 'identity-changed' };
      return { kind: 'failed', reason, again: next === 'same' };
    }
  }
}
