// Owns how components reach the state, the actions and the events of the main process.
import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { assert } from '../../shared/base/assert.ts';
import type { Bridge, EventName, EventPayload } from '../../shared/ipc/contract.ts';
import type { AppState, ConnectionState } from '../../shared/ipc/state.ts';
import { windowBridge } from '../bridge/bridge.ts';
import { Actions } from './actions.ts';
import { AppStore, type AppView } from './app-store.ts';
import { pageClock } from './page-clock.ts';

interface Wiring {
  bridge: Bridge;
  store: AppStore;
  actions: Actions;
}

const WiringContext = createContext<Wiring | null>(null);
export const WiringProvider = WiringContext.Provider;

/** Connects this page to the main process; once, before anything is drawn. */
export function wireWindow(): Wiring {
  const bridge = windowBridge();
  const store = new AppStore(bridge, pageClock);
  store.start();
  return { bridge, store, actions: new Actions(bridge, store) };
}

function useWiring(): Wiring {
  const wiring = useContext(WiringContext);
  assert(wiring, 'drawn outside of WiringProvider');
  return wiring;
}

/** The state with its loading and failure. */
export function useAppView(): AppView {
  return useStore(useWiring().store.view);
}

/** A part of the state, which has to be there: use it below the window's loading screen. */
export function useApp<Part>(select: (app: AppState) => Part): Part {
  return useStore(useWiring().store.view, (view) => {
    assert(view.status === 'ready', 'drawn before the state was there');
    return select(view.app);
  });
}

/** The connection that this session window shows; null once it is forgotten. */
export function useOwnConnection(): ConnectionState | null {
  return useStore(useWiring().store.view, (view) => {
    if (view.status !== 'ready') return null;
    return view.app.connections.find(({ id }) => id === view.connectionId) ?? null;
  });
}

export function useActions(): Actions {
  return useWiring().actions;
}

/** The bridge itself, for what is too frequent for the store: pictures, cursor, input. */
export function useBridge(): Bridge {
  return useWiring().bridge;
}

/** Asks for the snapshot again, now. */
export function useRefetch(): () => void {
  const { store } = useWiring();
  return () => store.refetch();
}

/** Calls back on every event while mounted. The listener has to be stable. */
export function useBridgeEvent<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void) {
  const { bridge } = useWiring();
  useEffect(() => bridge.on(name, listener), [bridge, name, listener]);
}

/** Now, in milliseconds since the epoch, renewed at the interval; stands still while `running` is false. */
export function useNow(intervalMs: number, running = true): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs, running]);
  return nowMs;
}
