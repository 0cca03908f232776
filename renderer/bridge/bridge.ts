// Owns the page's way to the main process: the only reader of window.tarnet, made into the typed bridge of the contract.
import { TarnetError } from '../../shared/base/errors.ts';
import type { Bridge, EventName, EventPayload, InvokeName, ResultOf } from '../../shared/ipc/contract.ts';
import type { RawBridge } from '../../shared/ipc/kit.ts';

declare global {
  interface Window {
    readonly tarnet?: RawBridge;
  }
}

/** The bridge that the preload left in this window. Throws `internal` in a page that has none. */
export function windowBridge(): Bridge {
  if (!window.tarnet) throw new TarnetError('internal', 'this page was opened without its preload');
  return createBridge(window.tarnet);
}

/**
 * A typed bridge over the raw one. Calls that main refused or failed throw the TarnetError of its envelope.
 * Main is trusted and typed by the same contract, so what it answers is not parsed again.
 */
export function createBridge(raw: RawBridge): Bridge {
  return {
    async invoke<Name extends InvokeName>(name: Name, ...payload: readonly unknown[]): Promise<ResultOf<Name>> {
      const answer = await raw.invoke(name, payload[0]);
      if (answer.ok) return answer.value as ResultOf<Name>;
      const { reason, message, field, limit } = answer.error;
      throw new TarnetError(reason, message, {
        ...(field === null ? {} : { field }),
        ...(limit === null ? {} : { limit }),
      });
    },
    send(name, payload) {
      raw.send(name, payload);
    },
    on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void) {
      return raw.on(name, (payload) => listener(payload as EventPayload<Name>));
    },
  };
}
