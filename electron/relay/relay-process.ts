// Owns the entry of the app's relay process: a busy relay cannot delay input there, and a crash takes only the relay.
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import { forwardingLog } from '../../shared/base/forwarding-log.ts';
import { silentLog } from '../../shared/base/log.ts';
import { nodeClock } from '../node-clock.ts';
import { type RelayReport, relayCommandSchema } from './relay-messages.ts';
import { type Relay, startRelay } from './relay-server.ts';

/** What Electron's utility process gives to talk to its parent; declared here because the relay knows no Electron. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
}

const PORTS_TO_TRY = 20;

function parentPort(): ParentPort {
  if (!('parentPort' in process) || !process.parentPort)
    throw new TarnetError('not-supported', 'this entry runs in a utility process only');
  return process.parentPort as ParentPort;
}

const parent = parentPort();
const report = (message: RelayReport) => parent.postMessage(message);
const log = forwardingLog((level, message, fields) => report({ kind: 'log', level, message, fields }));

let relay: Relay | null = null;

async function start(port: number, bindAddress: string, hostToken: string): Promise<void> {
  try {
    relay = await startRelay({ port, bindAddress, clock: nodeClock, log, embedded: { hostToken } });
    report({ kind: 'started', port: relay.port });
  } catch (thrown) {
    const error = TarnetError.from(thrown);
    const suggestedPort = error.reason === 'port-taken' ? await freePortAfter(port, bindAddress) : null;
    report({ kind: 'failed', reason: error.reason, message: error.message, suggestedPort });
  }
}

/** A port near the wanted one, so that people can remember it; null when none of the next ones is free. */
async function freePortAfter(wanted: number, bindAddress: string): Promise<number | null> {
  for (let port = wanted + 1; port <= Math.min(65_535, wanted + PORTS_TO_TRY); port++) {
    try {
      const probe = await startRelay({ port, bindAddress, clock: nodeClock, log: silentLog });
      await probe.close();
      return port;
    } catch {
      // taken as well
    }
  }
  return null;
}

async function stop(): Promise<void> {
  await relay?.close();
  report({ kind: 'stopped' });
  process.exit(0);
}

parent.on('message', ({ data }) => {
  const command = v.parse(relayCommandSchema, data);
  if (command.kind === 'start') void start(command.port, command.bindAddress, command.hostToken);
  else void stop();
});
