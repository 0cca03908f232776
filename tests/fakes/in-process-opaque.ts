// Owns OPAQUE without a process of its own: the real library and the real client, for tests.

import { OpaqueClient, type OpaqueWorker } from '../../electron/pairing/opaque-client.ts';
import { answerOpaque } from '../../electron/pairing/opaque-core.ts';
import { FakeClock } from './fake-clock.ts';

/** A worker in this process; messages are cloned, as they would be on their way to another one. */
function inProcessOpaqueWorker(): OpaqueWorker {
  const listeners = new Set<(message: unknown) => void>();
  return {
    post: (message) => {
      void answerOpaque(structuredClone(message)).then((response) => {
        if (response) for (const listener of listeners) listener(structuredClone(response));
      });
    },
    onMessage: (listener) => listeners.add(listener),
    onExit: () => undefined,
    kill: () => listeners.clear(),
  };
}

/** The real OPAQUE, its time-outs switched off. */
export function inProcessOpaque(): OpaqueClient {
  return new OpaqueClient({ start: inProcessOpaqueWorker, clock: new FakeClock() });
}
