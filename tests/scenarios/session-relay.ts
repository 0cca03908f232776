// Owns the relay that the session scenarios run on.
import type { OpenTransport } from '../../shared/transport/transport.ts';
import { MemoryRelay } from '../fakes/memory-relay.ts';

export interface ScenarioRelay {
  url: string;
  token: string | undefined;
  open: OpenTransport;
  /** Kills the relay: every connection is lost, and no new one can be made. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  restart(): Promise<void>;
}

export function startRelay(): Promise<ScenarioRelay> {
  const relay = new MemoryRelay();
  return Promise.resolve({
    url: 'ws://memory/',
    token: undefined,
    open: relay.open,
    kill: () => Promise.resolve(relay.down()),
    restart: () => Promise.resolve(relay.up()),
  });
}
