// Owns the entry of the headless relay: plain Node, no Electron. `--help` says what it can be told.
import { readFileSync, statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { noActivityLog, openActivityLog } from './classic/activity-log.ts';
import { CLASSIC_SERVICES } from './classic/classic-services.ts';
import { openCliLog } from './cli-log.ts';
import { CLI_LIMITS, type CliRequest, HELP, parseCli, type RelayCliOptions, usageError } from './cli-options.ts';
import { RELAY_LIMITS, type RelayLimits } from './limits.ts';
import { startRelay } from './relay-server.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_GRACE_MS = 2_000;

const clock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

// Whoever reads our lines may leave; the relay goes on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

try {
  await answer(parseCli(process.argv.slice(2), process.env, readConfig));
} catch (thrown) {
  const error = TarnetError.from(thrown);
  const isUsage = error.reason === 'malformed';
  process.stderr.write(isUsage ? usageError(error) : `tarnet-relay: ${error.message}\n`);
  process.exitCode = isUsage ? EXIT_USAGE : EXIT_FAILED;
}

async function answer(request: CliRequest): Promise<void> {
  if (request.command === 'help') process.stdout.write(HELP);
  else if (request.command === 'version') process.stdout.write(`tarnet-relay ${version()}\n`);
  else await run(request.options);
}

async function run(options: RelayCliOptions): Promise<void> {
  checkFolder(options['files-dir']);
  const log = openCliLog({
    format: options['log-format'],
    level: options['log-level'],
    nowMs: () => clock.nowMs(),
    write: (line) => process.stdout.write(line),
  });
  const signal = nextSignal();
  const running: { close(): Promise<void> }[] = [];
  try {
    const activityFile = options['activity-log'];
    const activityLog = activityFile === undefined ? noActivityLog : await openActivityLog(activityFile, log);
    const relay = await startRelay({
      port: options.port,
      bindAddress: options.bind,
      clock,
      log,
      limits: limitsOf(options),
    });
    running.push(relay);
    for (const { name, port } of options.classic)
      running.push(
        await CLASSIC_SERVICES[name].start({
          port,
          bindAddress: options['classic-bind'],
          clock,
          log: log.scope(name),
          filesFolder: options['files-dir'] ?? null,
          activityLog,
        }),
      );
    log.info('ready', { port: relay.port });
    log.info('draining', { signal: await signal });
    await Promise.all(running.map((part) => part.close()));
    await activityLog.close();
  } catch (error) {
    await Promise.all(running.map((part) => part.close()));
    throw asUsageError(TarnetError.from(error));
  }
  // Nothing is open any more, so the process ends by itself; if something is, it ends all the same.
  setTimeout(() => process.exit(), EXIT_GRACE_MS).unref();
}

/** Everybody who may be in a room may also be connected. */
function limitsOf(options: RelayCliOptions): Partial<RelayLimits> {
  const { 'max-rooms': maxRooms, 'max-viewers': maxViewersPerRoom } = options;
  const everybody = Math.min(CLI_LIMITS.connections, maxRooms * (1 + maxViewersPerRoom));
  return { maxRooms, maxViewersPerRoom, maxConnections: Math.max(RELAY_LIMITS.maxConnections, everybody) };
}

/** The first of the signals that end this. */
function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => resolve(signal));
  });
}

function checkFolder(folder: string | undefined): void {
  if (folder !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw TarnetError.malformed('--files-dir', `${JSON.stringify(folder)} is no folder`);
}

/** An address or a file that this machine does not have is a wrong value; a port that somebody else has is not. */
function asUsageError(error: TarnetError): TarnetError {
  if (error.reason !== 'not-supported') return error;
  const option = error.field === 'port' ? 'bind' : (error.field ?? 'bind');
  return TarnetError.malformed(`--${option}`, error.message);
}

function readConfig(file: string): string {
  const { size } = statSync(file);
  if (size > CLI_LIMITS.configBytes) throw TarnetError.tooLarge('config', size, CLI_LIMITS.configBytes);
  return readFileSync(file, 'utf8');
}

/** From the package that this is part of: dist/electron and electron/relay are equally deep in it. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return v.parse(v.object({ version: v.string() }), manifest).version;
}
