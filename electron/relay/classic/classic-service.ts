// Owns the ClassicService port: what a plain TCP or UDP service of the relay is to whoever starts it.
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import type { ActivityLog } from './activity-log.ts';

export interface ClassicService {
  readonly name: string;
  readonly port: number;
  /** Clients that are connected; always 0 for UDP, which has no connections. */
  readonly clients: number;
  /** Ends every connection in an orderly way, then for sure. Resolves when nothing listens and no socket is open. */
  close(): Promise<void>;
}

export interface ClassicOptions {
  /** 0 takes any free port. */
  port: number;
  bindAddress: string;
  clock: Clock;
  log: Log;
  /** The folder whose files `chat-files` gives away; the others need none. */
  filesFolder: string | null;
  /** Where `commands` writes down who came and what was asked. */
  activityLog: ActivityLog;
}

/** Why a port could not be had: `port-taken`, or `not-supported` for an address that cannot be bound here. */
export function listenError(error: unknown, service: string, port: number): TarnetError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const taken = code === 'EADDRINUSE' || code === 'EACCES';
  return new TarnetError(
    taken ? 'port-taken' : 'not-supported',
    `${service} cannot listen on port ${port}: ${String(code)}`,
    { field: taken ? 'classic' : 'classic-bind', cause: error },
  );
}
