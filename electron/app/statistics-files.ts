// Owns the files in which the command line wants the statistics of a session.
import writeFileAtomic from 'write-file-atomic';
import type { Log } from '../../shared/base/log.ts';
import type { SessionStatistics } from '../../shared/ipc/statistics.ts';

export class StatisticsFiles {
  readonly #log: Log;
  #writing: boolean = false;
  #failed: boolean = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Replaces the file's contents as a whole; what comes while one is being written is left out: more will come. */
  write(file: string, statistics: SessionStatistics): void {
    if (this.#writing) return;
    this.#writing = true;
    writeFileAtomic(file, `${JSON.stringify(statistics, null, 2)}\n`, { mode: 0o600 })
      .catch((error: unknown) => {
        if (!this.#failed) this.#log.warn('statistics cannot be written', { error: String(error) });
        this.#failed = true;
      })
      .finally(() => {
        this.#writing = false;
      });
  }
}
