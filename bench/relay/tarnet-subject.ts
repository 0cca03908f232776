// Entry: our relay as the bench needs it: its limits so high that one machine may be everybody.

import { systemClock } from '../../electron/app/system-clock.ts';
import { startRelay } from '../../electron/relay/relay-server.ts';
import { silentLog } from '../../shared/base/log.ts';

const MANY = 100_000;

const relay = await startRelay({
  port: 0,
  bindAddress: '127.0.0.1',
  clock: systemClock,
  log: silentLog,
  limits: {
    maxConnections: MANY,
    maxConnectionsPerAddress: MANY,
    connectionsPerMinutePerAddress: MANY,
    maxRooms: MANY,
    maxViewersPerRoom: MANY,
    registrationsPerMinutePerAddress: MANY,
    joinsPerMinutePerAddress: MANY,
  },
});
process.stdout.write(`${JSON.stringify({ port: relay.port })}\n`);
