// Owns the entry of the headless relay: plain Node, no Electron. `--help` says what it can be told.
import { readFileSync, statSync } from 'node:fs';
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import { nodeClock } from '../node-clock.ts';
import { isHealthy } from './cli-health.ts';
import { HELP } from './cli-help.ts';
import { openCliLog } from './cli-log.ts';
import { OPTION_NAMES, type RelayCliOptions } from './cli-options.ts';
import { CLI_LIMITS, type CliRequest, parseCli, usageError } from './cli-parse.ts';
import { runHeadless } from './cli-run.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_GRACE_MS = 2_000;

// Whoever reads our lines may leave; the relay goes on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

try {
  await answer(parseCli(process.argv.slice(2), process.env, readConfig));
} catch (thrown) {
  const error = TarnetError.from(thrown);
  const isUsage = error.reason === 'malformed';
  const advice = error.reason === 'port-taken' ? '; choose another one' : '';
  process.stderr.write(isUsage ? usageError(error) : `tarnet-relay: ${error.message}${advice}\n`);
  process.exitCode = isUsage ? EXIT_USAGE : EXIT_FAILED;
}

async function answer(request: CliRequest): Promise<void> {
  switch (request.command) {
    case 'help':
      process.stdout.write(HELP);
      return;
    case 'version':
      process.stdout.write(`tarnet-relay ${version()}\n`);
      return;
    case 'health':
      if (await isHealthy(request.options)) return;
      throw new TarnetError('relay-unreachable', `no relay is well on port ${request.options.port}`);
    case 'run':
      await run(request.options, request.nameOf);
      return;
  }
}

async function run(options: RelayCliOptions, nameOf: (option: (typeof OPTION_NAMES)[number]) => string): Promise<void> {
  const log = openCliLog({
    format: options['log-format'],
    level: options['log-level'],
    nowMs: () => nodeClock.nowMs(),
    write: (line) => process.stdout.write(line),
  });
  const signal = nextSignal();
  try {
    const relay = await runHeadless(options, nodeClock, log);
    log.info('draining', { signal: await signal });
    await relay.drain();
  } catch (thrown) {
    const error = TarnetError.from(thrown);
    const option = OPTION_NAMES.find((name) => name === error.field);
    // What is wrong with a value is said in the operator's own words for it.
    throw error.reason === 'malformed' && option ? TarnetError.malformed(nameOf(option), error.message) : error;
  }
  // Nothing is open any more, so the process ends by itself; if something is, it ends all the same.
  setTimeout(() => process.exit(), EXIT_GRACE_MS).unref();
}

/** The first of the signals that end this; the second one ends it at once. */
function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    let seen = false;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (seen) process.exit(EXIT_FAILED);
        seen = true;
        resolve(signal);
      });
  });
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
