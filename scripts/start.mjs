// npm start [-- arguments]: builds the app when its sources have changed, finds or gets an Electron, and runs it.
// npm run dev: the same with Vite's server behind the pages, and a restart whenever the main process changes.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildAll, buildElectron, isStale } from './build.mjs';
import { electronRuntime } from './electron-runtime.mjs';
import { whenNpmEnds } from './npm-parent.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESTART_DELAY_MS = 200;

const args = process.argv.slice(2);
const dev = args[0] === '--dev';
if (dev) args.shift();

/** What needs no window, and so no display either. */
const wordsOnly = args.some((argument) => argument === '--help' || argument === '--version');
if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY && !wordsOnly)
  fail('There is no display to show windows on. Start it inside a desktop session, or with: xvfb-run -a npm start');

const { exe } = await electronRuntime().catch((error) => fail(error.message));
// Chromium refuses to run as root with its sandbox on
const flags = process.platform === 'linux' && process.getuid() === 0 ? ['--no-sandbox'] : [];

await (dev ? runDeveloping() : run());

async function run() {
  if (isStale()) await buildAll().catch((error) => fail(`The build failed: ${error.message}`));
  const child = start({});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  whenNpmEnds(() => child.kill('SIGTERM'));
  child.on('exit', leave);
}

async function runDeveloping() {
  const { createServer } = await import('vite');
  await buildAll();
  const server = await (await createServer({ configFile: `${ROOT}vite.config.ts` })).listen();
  const env = { VITE_DEV_SERVER_URL: server.resolvedUrls.local[0] };
  let restarting = false;
  let timer;
  let child = startChild();

  function startChild() {
    const started = start(env);
    started.on('exit', (code, signal) => {
      if (restarting) {
        restarting = false;
        child = startChild();
      } else void server.close().then(() => leave(code, signal));
    });
    return started;
  }

  const restart = async () => {
    try {
      await buildElectron();
    } catch (error) {
      console.error(error.message);
      return;
    }
    restarting = true;
    child.kill();
  };
  for (const folder of ['electron', 'shared'])
    watch(`${ROOT}${folder}`, { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => void restart(), RESTART_DELAY_MS);
    });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
}

function start(env) {
  const child = spawn(exe, [...flags, ROOT, ...args], { stdio: 'inherit', env: { ...process.env, ...env } });
  child.on('error', (error) => fail(`Electron could not be started (${exe}): ${error.message}`));
  return child;
}

/** Ends with the app's own exit code; an app that a signal ended ends this with the shell's code for it. */
function leave(code, signal) {
  process.exit(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1));
}

function fail(message) {
  console.error(`tarnet: ${message}`);
  process.exit(1);
}
