import { expect, test } from 'vitest';
import type { AppSnapshot } from '../../shared/ipc/state.ts';
import { type Deferred, deferred } from '../../tests/fakes/deferred.ts';
import { FakeBridge } from '../../tests/fakes/fake-bridge.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { sampleNotice, sampleShareOn, sampleState } from '../../tests/fakes/sample-state.ts';
import { createBridge } from '../bridge/bridge.ts';
import { Actions } from './actions.ts';
import { AppStore, type AppView, STORE_LIMITS } from './app-store.ts';
import { PREDICTION_LIMITS } from './predictions.ts';

function start(main = new FakeBridge()) {
  const clock = new FakeClock();
  const bridge = createBridge(main);
  const store = new AppStore(bridge, clock);
  store.start();
  return { main, clock, store, actions: new Actions(bridge, store) };
}

/** Resolves at the first view that the check accepts. */
function seen(store: AppStore, accepts: (view: AppView) => boolean): Promise<AppView> {
  return new Promise((resolve) => {
    const stop = store.view.subscribe(look);
    function look(view: AppView) {
      if (!accepts(view)) return;
      stop();
      resolve(view);
    }
    look(store.view.getState());
  });
}

const ready = (store: AppStore) => seen(store, ({ status }) => status === 'ready');

function shown(store: AppStore) {
  const view = store.view.getState();
  if (view.status !== 'ready') throw new Error(`the view is ${view.status}`);
  return view.app;
}

test('shows loading, then the snapshot, then every delta', async () => {
  const { main, store } = start();
  expect(store.view.getState()).toEqual({ status: 'loading' });
  await ready(store);
  main.set('share', sampleShareOn());
  main.set('notices', [sampleNotice()]);
  expect(shown(store).share.phase).toBe('on');
  expect(shown(store).notices).toHaveLength(1);
});

test('deltas that overtake the snapshot are applied after it, older ones are ignored', async () => {
  const answers: Deferred<AppSnapshot>[] = [];
  const main = new FakeBridge({
    handlers: {
      'app.snapshot': () => {
        const answer = deferred<AppSnapshot>();
        answers.push(answer);
        return answer.promise;
      },
    },
  });
  const { store } = start(main);
  main.set('share', sampleShareOn({ code: '111111111' }));
  const snapshot = { revision: main.revision, state: main.state, connectionId: null };
  main.set('share', sampleShareOn({ code: '222222222' }));
  answers[0]!.resolve(snapshot);
  await ready(store);
  expect(shown(store).share.code).toBe('222222222');
});

test('a gap between deltas fetches the snapshot again', async () => {
  const { main, store } = start();
  await ready(store);
  main.state = { ...main.state, share: sampleShareOn() };
  main.revision += 1;
  main.set('hosts', []);
  await seen(store, (view) => view.status === 'ready' && view.app.share.phase === 'on');
  expect(shown(store).hosts).toEqual([]);
  expect(main.calls.filter(({ channel }) => channel === 'app.snapshot')).toHaveLength(2);
});

test('a snapshot that fails is shown as such and asked for again', async () => {
  const main = new FakeBridge();
  main.fail('app.snapshot', 'timeout');
  const { store, clock } = start(main);
  expect(await seen(store, ({ status }) => status === 'failed')).toEqual({ status: 'failed', reason: 'timeout' });
  main.fail('app.snapshot', null);
  clock.advance(STORE_LIMITS.firstRetryMs);
  await ready(store);
});

test('what was asked for shows at once and stays when reality follows', async () => {
  const answer = deferred<void>();
  const main = new FakeBridge({ handlers: { 'share.start': () => answer.promise } });
  const { store, actions } = start(main);
  await ready(store);
  const asked = actions.startSharing();
  expect(shown(store).share.phase).toBe('starting');
  main.set('share', sampleShareOn());
  expect(shown(store).share.phase).toBe('on');
  answer.resolve();
  await asked;
  main.set('share', sampleShareOn({ phase: 'failed' }));
  expect(shown(store).share.phase).toBe('failed');
});

test('what was asked for is taken back when main refuses', async () => {
  const { main, store, actions } = start();
  main.fail('settings.update', 'malformed');
  await ready(store);
  const asked = actions.updateSettings({ discovery: false });
  expect(shown(store).settings.discovery).toBe(false);
  await expect(asked).rejects.toMatchObject({ reason: 'malformed' });
  expect(shown(store).settings.discovery).toBe(true);
});

test('what was asked for is taken back when reality never comes', async () => {
  const main = new FakeBridge({ handlers: { 'share.start': () => undefined } });
  const { store, clock, actions } = start(main);
  await ready(store);
  await actions.startSharing();
  expect(shown(store).share.phase).toBe('starting');
  clock.advance(PREDICTION_LIMITS.expiryMs);
  expect(shown(store).share.phase).toBe('off');
});

test('a closed store hears nothing more and waits for nothing', async () => {
  const { main, store, clock } = start();
  await ready(store);
  store.predict({ about: 'x', apply: (state) => state, isFulfilled: () => false });
  store.close();
  main.set('share', sampleShareOn());
  expect(shown(store).share.phase).toBe(sampleState().share.phase);
  expect(clock.pending).toBe(0);
});
