// Owns the process in which the viewers of the relay bench live.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { SubjectKind } from './protocol.ts';
import type { GroupReport, LoadOrder } from './viewer-load.ts';

export class Load {
  readonly #child: ChildProcess;
  /** Rejects when the process has ended. */
  readonly #ended: Promise<never>;

  constructor(distFolder: string) {
    this.#child = fork(path.join(distFolder, 'viewer-load.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#ended = once(this.#child, 'exit').then(() => {
      throw new Error('the viewers’ process has ended');
    });
    // whoever waits for an answer hears of it
    this.#ended.catch(() => undefined);
  }

  /** Resolves when all are in their room. */
  async join(subject: SubjectKind, port: number, hostId: string, groups: readonly GroupOrder[]): Promise<void> {
    const answer = await this.#ask({ kind: 'join', subject, port, hostId, groups: [...groups] });
    if (answer !== 'joined') throw new Error(String(answer));
  }

  async begin(): Promise<void> {
    await this.#ask({ kind: 'begin' });
  }

  async report(): Promise<GroupReport[]> {
    const answer = await this.#ask({ kind: 'report' });
    if (!Array.isArray(answer)) throw new Error('no report');
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #ask(order: LoadOrder): Promise<unknown> {
    const answered = once(this.#child, 'message');
    this.#child.send(order);
    const [answer] = await Promise.race([answered, this.#ended]);
    return answer;
  }
}

type GroupOrder = Extract<LoadOrder, { kind: 'join' }>['groups'][number];
