// Owns the relay in the app: placeholder until the process is there.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';

export class EmbeddedRelay {
  constructor(_options: { clock: Clock; log: Log; onLost: (error: TarnetError) => void }) {}

  start(_where: { port: number; bindAddress: string }): Promise<{ port: number; hostToken: string }> {
    return Promise.reject(new TarnetError('not-supported', 'not there yet'));
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
