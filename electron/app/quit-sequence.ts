// Owns the end: whatever has to be ended cleanly gets the time for it, once, and never more than that.
import type { Clock } from '../../shared/base/clock.ts';
import type { Log } from '../../shared/base/log.ts';

export const QUIT_LIMITS = {
  /** For all hooks together. */
  timeoutMs: 3_000,
  /** For the windows after that; then the process ends whatever they do. */
  closeTimeoutMs: 3_000,
} as const;

type Hook = () => void | Promise<void>;

export class QuitSequence {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #hooks: { name: string; hook: Hook }[] = [];
  #ending: Promise<void> | null = null;
  #ended = false;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Hooks run one after another, in the order in which they were added. */
  add(name: string, hook: Hook): void {
    this.#hooks.push({ name, hook });
  }

  /** True when nothing is left to wait for. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Runs the hooks; resolves when all are done or the time is up, and never rejects. The second call joins the first. */
  run(): Promise<void> {
    this.#ending ??= this.#run();
    return this.#ending;
  }

  async #run(): Promise<void> {
    let current = '';
    const hooks = (async () => {
      for (const { name, hook } of this.#hooks) {
        current = name;
        try {
          await hook();
        } catch (error) {
          this.#log.warn('ending failed', { part: name, error: String(error) });
        }
      }
      return true;
    })();
    let cancel: () => void = () => undefined;
    const timeUp = new Promise<false>((resolve) => {
      cancel = this.#clock.after(QUIT_LIMITS.timeoutMs, () => resolve(false));
    });
    if (!(await Promise.race([hooks, timeUp]))) this.#log.warn('ending took too long', { part: current });
    cancel();
    this.#ended = true;
  }
}
