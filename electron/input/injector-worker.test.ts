import { describe, expect, it } from 'vitest';
import { FakeInjector } from '../../tests/fakes/fake-injector.ts';
import type { InjectorReply } from './injector-messages.ts';
import { INJECTOR_WORKER_LIMITS, InjectorWorker, type WorkingInjector } from './injector-worker.ts';

class FakeWorkingInjector extends FakeInjector implements WorkingInjector {
  onNotice: ((message: string) => void) | null = null;
  onLocal: (() => void) | null = null;
  broken = false;

  async settled(): Promise<void> {
    if (this.broken) throw new Error('the display is gone');
  }

  async watchLocalInput(onLocalInput: () => void): Promise<() => void> {
    this.onLocal = onLocalInput;
    return () => {
      this.onLocal = null;
    };
  }
}

function setUp(open?: () => Promise<never>) {
  const injector = new FakeWorkingInjector();
  const replies: InjectorReply[] = [];
  const exits: number[] = [];
  const now = { ms: 0 };
  const worker = new InjectorWorker({
    open: open ?? (async () => ({ injector, means: 'xtest' })),
    post: (reply) => replies.push(reply),
    exit: (code) => exits.push(code),
    monotonicMs: () => now.ms,
    nowMs: () => 1_000 + now.ms,
  });
  return { injector, replies, exits, worker, now };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('InjectorWorker', () => {
  it('carries out batches in order and confirms each, those included that came before it was ready', async () => {
    const { worker, injector, replies } = setUp();
    worker.receive({ op: 'acts', batch: 1, acts: [{ act: 'move', xPx: 1, yPx: 2 }] });
    await worker.start();
    worker.receive({
      op: 'acts',
      batch: 2,
      acts: [
        { act: 'button', button: 'back', down: true },
        { act: 'scroll', notchesX: 0, notchesY: -1 },
        { act: 'key', code: 'F24', down: false },
        { act: 'text', codePoint: 0x1f600 },
      ],
    });
    await settle();
    expect(injector.acts.map(({ act }) => act)).toEqual(['move', 'button', 'scroll', 'key', 'text']);
    expect(replies).toEqual([
      { op: 'ready', means: 'xtest', hearsDevices: true },
      { op: 'done', batch: 1, begunAtMs: 1_000 },
      { op: 'done', batch: 2, begunAtMs: 1_000 },
    ]);
  });

  it('refuses what does not parse, all of it', async () => {
    const { worker, injector, replies } = setUp();
    await worker.start();
    worker.receive({
      op: 'acts',
      batch: 1,
      acts: [
        { act: 'move', xPx: 1, yPx: 2 },
        { act: 'key', code: 'KeyÄ', down: true },
      ],
    });
    worker.receive({ op: 'acts', batch: 1, acts: [{ act: 'move', xPx: 1e9, yPx: 2 }] });
    worker.receive('close');
    expect(injector.acts).toEqual([]);
    expect(replies.slice(1).map(({ op }) => op)).toEqual(['notice', 'notice', 'notice']);
  });

  it('says why it cannot start, and ends', async () => {
    const { worker, replies, exits } = setUp(() => Promise.reject(new Error('no display')));
    await worker.start();
    expect(replies).toEqual([{ op: 'problem', message: 'no display' }]);
    expect(exits).toEqual([1]);
  });

  it('ends when the display is lost, with or without work', async () => {
    const idle = setUp();
    await idle.worker.start();
    idle.injector.onProblem?.('the X server closed the connection');
    expect(idle.exits).toEqual([1]);
    const busy = setUp();
    await busy.worker.start();
    busy.injector.broken = true;
    busy.worker.receive({ op: 'acts', batch: 1, acts: [] });
    await settle();
    expect(busy.exits).toEqual([1]);
    expect(busy.replies.at(-1)).toEqual({ op: 'problem', message: 'the display is gone' });
  });

  it('puts things back before it ends', async () => {
    const { worker, injector, exits } = setUp();
    await worker.start();
    worker.receive({ op: 'close' });
    await settle();
    expect(injector.closed).toBe(true);
    expect(exits).toEqual([0]);
  });

  it('tells of local input while that is wanted, a few times a second', async () => {
    const { worker, injector, replies, now } = setUp();
    await worker.start();
    worker.receive({ op: 'watch', on: true });
    await settle();
    injector.onLocal?.();
    injector.onLocal?.();
    now.ms += INJECTOR_WORKER_LIMITS.localInputReportMs;
    injector.onLocal?.();
    expect(replies.filter(({ op }) => op === 'local-input')).toHaveLength(2);
    worker.receive({ op: 'watch', on: false });
    await settle();
    expect(injector.onLocal).toBeNull();
  });
});
