// Owns the relay that the session scenarios run on: the real one, as an app embeds it, on a port of its own.
import { systemClock } from '../../electron/app/system-clock.ts';
import type { RelayLimits } from '../../electron/relay/limits.ts';
import { startRelay as listen, type Relay } from '../../electron/relay/relay-server.ts';
import { openWebSocket } from '../../electron/transport/ws-transport.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';

export interface ScenarioRelay {
  url: string;
  port: number;
  /** What the host has to show. */
  token: string;
  open: OpenTransport;
  /** Kills the relay: every connection is lost, and no new one can be made. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  restart(): Promise<void>;
}

const TOKEN = 'the token of this start';
/** A scenario has more handshakes in a minute than people have. */
const ENOUGH = 10_000;

/** @param more limits of the relay that are not those of a real one, besides those of a minute */
export async function startRelay(more: Partial<RelayLimits> = {}): Promise<ScenarioRelay> {
  const start = (port: number) =>
    listen({
      port,
      bindAddress: '127.0.0.1',
      clock: systemClock,
      log: silentLog,
      embedded: { hostToken: TOKEN },
      limits: {
        handshakesPerMinutePerAddress: ENOUGH,
        handshakesPerMinutePerHost: ENOUGH,
        registrationsPerMinutePerAddress: ENOUGH,
        connectionsPerMinutePerAddress: ENOUGH,
        joinsPerMinutePerAddress: ENOUGH,
        ...more,
      },
    });
  let relay: Relay | null = await start(0);
  const { port } = relay;
  return {
    url: `ws://127.0.0.1:${port}/`,
    port,
    token: TOKEN,
    open: openWebSocket,
    kill: async () => {
      const running = relay;
      relay = null;
      await running?.close();
    },
    restart: async () => {
      relay = await start(port);
    },
  };
}
