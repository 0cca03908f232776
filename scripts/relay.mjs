#!/usr/bin/env node
// npm run relay [-- options]: the headless relay, tarnet-relay. Builds it when its sources have changed; needs no Electron.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { whenNpmEnds } from './npm-parent.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILT = path.join(ROOT, 'dist/electron/relay-cli.js');
const SOURCES = ['electron/relay', 'electron/node-clock.ts', 'shared', 'scripts/build.mjs'];

if (newest(SOURCES) > modified(BUILT)) {
  // Only now: loading Vite takes longer than the relay's whole start.
  const { buildRelay } = await import('./build.mjs');
  await buildRelay();
}
whenNpmEnds(() => process.kill(process.pid, 'SIGTERM'));
await import(pathToFileURL(BUILT).href);

function newest(names) {
  return Math.max(
    ...names.map((name) => {
      const at = path.join(ROOT, name);
      if (!statSync(at, { throwIfNoEntry: false })?.isDirectory()) return modified(at);
      const inside = readdirSync(at).filter((child) => !/\.test\.ts$/.test(child));
      return newest(inside.map((child) => path.join(name, child)));
    }),
    0,
  );
}

/** 0 when there is no such file: in a package without sources what is built is always good. */
function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
