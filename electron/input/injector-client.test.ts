import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { INJECTOR_CLIENT_LIMITS, type InjectorChildEvents, InjectorClient } from './injector-client.ts';
import {
  INJECTOR_MESSAGE_LIMITS,
  type InjectorAct,
  type InjectorRequest,
  parseInjectorRequest,
} from './injector-messages.ts';

/** A process that carries out batches when told to. */
class FakeProcess {
  readonly messages: InjectorRequest[] = [];
  killed = false;
  readonly events: InjectorChildEvents;

  constructor(events: InjectorChildEvents) {
    this.events = events;
  }

  post(message: InjectorRequest): void {
    this.messages.push(parseInjectorRequest(message));
  }

  kill(): void {
    this.killed = true;
  }

  ready(hearsDevices = true): void {
    this.events.onMessage({ op: 'ready', means: 'xtest', hearsDevices });
  }

  get acts(): InjectorAct[] {
    return this.messages.flatMap((message) => (message.op === 'acts' ? message.acts : []));
  }

  get batches(): number[] {
    return this.messages.flatMap((message) => (message.op === 'acts' ? [message.batch] : []));
  }

  finish(batch: number): void {
    this.events.onMessage({ op: 'done', batch, begunAtMs: 1_000 + batch });
  }
}

function setUp() {
  const clock = new FakeClock();
  const processes: FakeProcess[] = [];
  const client = new InjectorClient({
    clock,
    log: silentLog,
    fork: (events) => {
      const child = new FakeProcess(events);
      processes.push(child);
      return child;
    },
  });
  const problems: (string | null)[] = [];
  client.onProblem = (message) => problems.push(message);
  return { clock, processes, client, problems };
}

const turn = () => Promise.resolve();

describe('InjectorClient', () => {
  let { clock, processes, client, problems } = setUp();
  beforeEach(() => {
    ({ clock, processes, client, problems } = setUp());
  });

  it('forks at the first act, and sends what waited in one batch once the process is ready', async () => {
    expect(processes).toHaveLength(0);
    client.move(1, 1);
    client.move(2.4, 2.6);
    client.button('left', true);
    client.move(3, 3);
    await turn();
    expect(processes[0]!.messages).toEqual([]);
    processes[0]!.ready();
    expect(processes[0]!.messages).toEqual([
      {
        op: 'acts',
        batch: 1,
        acts: [
          { act: 'move', xPx: 2, yPx: 3 },
          { act: 'button', button: 'left', down: true },
          { act: 'move', xPx: 3, yPx: 3 },
        ],
      },
    ]);
    expect(problems).toEqual([null]);
  });

  it('keeps a few batches in flight, and puts moves that wait together', async () => {
    client.start();
    processes[0]!.ready();
    for (let i = 0; i < 20; i++) {
      client.move(i, 0);
      await turn();
    }
    const { maxBatchesInFlight } = INJECTOR_CLIENT_LIMITS;
    expect(processes[0]!.batches).toHaveLength(maxBatchesInFlight);
    processes[0]!.finish(1);
    expect(processes[0]!.acts.at(-1)).toEqual({ act: 'move', xPx: 19, yPx: 0 });
    expect(processes[0]!.batches).toHaveLength(maxBatchesInFlight + 1);
  });

  it('starts again after a crash, releases first what was held, and replays nothing', async () => {
    client.key('ControlLeft', true);
    client.button('left', true);
    client.key('KeyA', true);
    client.key('KeyA', false);
    await turn();
    processes[0]!.ready();
    processes[0]!.finish(1);
    client.key('KeyB', true);
    await turn();
    processes[0]!.events.onExit(134);
    expect(problems.at(-1)).toContain('134');
    client.text(65);
    client.key('KeyC', true);
    clock.advance(INJECTOR_CLIENT_LIMITS.firstRestartMs);
    expect(processes).toHaveLength(2);
    processes[1]!.ready();
    expect(processes[1]!.acts).toEqual([
      { act: 'key', code: 'ControlLeft', down: false },
      { act: 'button', button: 'left', down: false },
      { act: 'key', code: 'KeyB', down: false },
    ]);
    expect(problems.at(-1)).toBeNull();
    client.move(1, 1);
    await turn();
    expect(processes[1]!.acts.at(-1)).toEqual({ act: 'move', xPx: 1, yPx: 1 });
  });

  it('passes the problem on in the words of the process, and waits longer each time', () => {
    client.start();
    let waitMs: number = INJECTOR_CLIENT_LIMITS.firstRestartMs;
    for (let i = 0; i < 10; i++) {
      processes[i]!.events.onMessage({ op: 'problem', message: 'X display :9: gone' });
      processes[i]!.events.onExit(1);
      expect(problems.at(-1)).toBe('X display :9: gone');
      clock.advance(waitMs - 1);
      expect(processes).toHaveLength(i + 1);
      clock.advance(1);
      expect(processes).toHaveLength(i + 2);
      waitMs = Math.min(waitMs * 2, INJECTOR_CLIENT_LIMITS.lastRestartMs);
    }
  });

  it('kills a process that is stuck, that does not start, or that does not keep up', async () => {
    client.start();
    clock.advance(INJECTOR_CLIENT_LIMITS.startTimeoutMs);
    expect(processes[0]!.killed).toBe(true);
    clock.advance(INJECTOR_CLIENT_LIMITS.firstRestartMs);
    processes[1]!.ready();
    client.key('KeyA', true);
    await turn();
    clock.advance(INJECTOR_CLIENT_LIMITS.stuckAfterMs);
    expect(processes[1]!.killed).toBe(true);
    clock.advance(INJECTOR_CLIENT_LIMITS.lastRestartMs);
    for (let i = 0; i <= INJECTOR_CLIENT_LIMITS.maxQueuedActs; i++) client.text(65);
    expect(processes[2]!.killed).toBe(true);
    expect(problems.slice(-1)[0]).toContain('keep up');
  });

  it('releases what is held when it closes, and insists', async () => {
    client.start();
    processes[0]!.ready();
    client.key('ShiftLeft', true);
    await turn();
    client.close();
    expect(processes[0]!.messages.slice(-2)).toEqual([
      { op: 'acts', batch: 2, acts: [{ act: 'key', code: 'ShiftLeft', down: false }] },
      { op: 'close' },
    ]);
    clock.advance(INJECTOR_CLIENT_LIMITS.closeMs);
    expect(processes[0]!.killed).toBe(true);
    processes[0]!.events.onExit(0);
    clock.advance(60_000);
    expect(processes).toHaveLength(1);
  });

  it('asks again for local input after a restart, and survives nonsense from the process', () => {
    let heard = 0;
    client.onLocalInput = () => {
      heard += 1;
    };
    client.watchLocalInput(true);
    client.start();
    expect(client.hearsDevices).toBeNull();
    processes[0]!.ready(false);
    expect(client.hearsDevices).toBe(false);
    processes[0]!.events.onMessage({ op: 'local-input' });
    for (const nonsense of [null, 7, { op: 'launch' }, { op: 'done', batch: -1 }])
      processes[0]!.events.onMessage(nonsense);
    processes[0]!.events.onExit(null);
    processes[0]!.events.onMessage({ op: 'local-input' });
    expect(heard).toBe(1);
    clock.advance(INJECTOR_CLIENT_LIMITS.firstRestartMs);
    processes[1]!.ready();
    expect(processes[1]!.messages).toEqual([{ op: 'watch', on: true }]);
  });

  it('leaves nothing down in the end, whenever the process dies', async () => {
    const step = fc.oneof(
      fc.tuple(fc.constant('key' as const), fc.constantFrom('KeyA', 'KeyB', 'ShiftLeft' as const), fc.boolean()),
      fc.tuple(fc.constant('die' as const), fc.constant('KeyA' as const), fc.boolean()),
      fc.tuple(fc.constant('finish' as const), fc.constant('KeyA' as const), fc.boolean()),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const world = setUp();
        /** What a display would have down: acts that a dead process had taken may have happened or not. */
        const maybeDown = new Set<string>();
        let counted = 0;
        let current: FakeProcess | undefined;
        const look = () => {
          const latest = world.processes.at(-1);
          if (latest !== current) {
            current = latest;
            counted = 0;
          }
          for (const act of current?.acts.slice(counted) ?? []) {
            counted += 1;
            if (act.act !== 'key') continue;
            if (act.down) maybeDown.add(act.code);
            else maybeDown.delete(act.code);
          }
        };
        world.client.start();
        world.processes[0]!.ready();
        for (const [what, code, flag] of steps) {
          if (what === 'key') world.client.key(code, flag);
          else if (what === 'finish')
            for (const batch of world.processes.at(-1)!.batches) world.processes.at(-1)!.finish(batch);
          else {
            // Its last releases did not happen.
            for (const act of world.processes.at(-1)!.acts) if (act.act === 'key' && act.down) maybeDown.add(act.code);
            world.processes.at(-1)!.events.onExit(1);
            world.clock.advance(INJECTOR_CLIENT_LIMITS.lastRestartMs);
            world.processes.at(-1)!.ready();
          }
          await turn();
          look();
        }
        for (const code of ['KeyA', 'KeyB', 'ShiftLeft'] as const) world.client.key(code, false);
        await turn();
        for (let i = 0; i < 100; i++) world.processes.at(-1)!.finish(i);
        look();
        expect([...maybeDown]).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('never sends a message that the process would refuse', async () => {
    client.start();
    processes[0]!.ready();
    client.scroll(100_000, -3.7);
    for (let i = 0; i < INJECTOR_MESSAGE_LIMITS.maxActs * 2; i++) client.text(65);
    await turn();
    expect(processes[0]!.acts).toHaveLength(INJECTOR_MESSAGE_LIMITS.maxActs * 2 + 1);
    expect(processes[0]!.acts[0]).toEqual({
      act: 'scroll',
      notchesX: INJECTOR_MESSAGE_LIMITS.maxNotches,
      notchesY: -3,
    });
  });

  it('tells when what has been asked for so far was carried out', async () => {
    const told: number[] = [];
    client.whenInjected((atMs) => told.push(atMs));
    client.key('KeyA', true);
    client.whenInjected((atMs) => told.push(atMs));
    processes[0]!.ready();
    client.key('KeyA', false);
    client.whenInjected((atMs) => told.push(atMs));
    await turn();
    const batches = processes[0]!.batches;
    for (const batch of batches) processes[0]!.finish(batch);
    expect(told).toEqual([1_001, 1_000 + batches.at(-1)!]);
    client.whenInjected((atMs) => told.push(atMs));
    expect(told).toHaveLength(2);
  });

  it('tells nobody whose input died with the process, and keeps a bounded number waiting', async () => {
    const told: number[] = [];
    client.key('KeyA', true);
    for (let index = 0; index <= INJECTOR_CLIENT_LIMITS.maxWaitingToBeTold; index++)
      client.whenInjected(() => told.push(index));
    processes[0]!.ready();
    processes[0]!.finish(1);
    expect(told).toHaveLength(INJECTOR_CLIENT_LIMITS.maxWaitingToBeTold);
    expect(told[0]).toBe(1);
    client.key('KeyA', false);
    client.whenInjected(() => told.push(-1));
    processes[0]!.events.onExit(1);
    processes[0]!.finish(2);
    expect(told).not.toContain(-1);
  });
});
