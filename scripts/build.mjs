// npm run build: makes dist/ with the main process and its utility processes (ES modules), the sandboxed preloads
// (CommonJS, one file each) and the pages.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const STAMP = path.join(root, 'dist/.sources');

/** Native or resolved at run time: never bundled. */
const EXTERNAL = ['electron', '@nut-tree-fork/nut-js', 'bufferutil', 'utf-8-validate'];

/** Everything that runs in Node or in a preload: source file, module format, built name. */
export const ELECTRON_ENTRIES = [
  { entry: 'electron/main.ts', format: 'es', name: 'main.js' },
  { entry: 'electron/relay/relay-process.ts', format: 'es', name: 'relay-process.js' },
  { entry: 'electron/relay/cli.ts', format: 'es', name: 'relay-cli.js' },
  { entry: 'electron/pairing/opaque-process.ts', format: 'es', name: 'opaque-process.js' },
  { entry: 'electron/input/injector-process.ts', format: 'es', name: 'injector-process.js' },
  { entry: 'electron/capture/x11-process.ts', format: 'es', name: 'x11-process.js' },
  { entry: 'electron/capture/exact-worker.ts', format: 'es', name: 'exact-worker.js' },
  { entry: 'electron/preload/window-preload.ts', format: 'cjs', name: 'window-preload.cjs' },
  { entry: 'electron/preload/capture-preload.ts', format: 'cjs', name: 'capture-preload.cjs' },
];

/** What dist/ is made of: when none of it has changed there is nothing to build. */
const SOURCES = [
  'electron',
  'renderer',
  'shared',
  'resources/icons',
  'scripts/build.mjs',
  'package.json',
  'vite.config.ts',
];

const nodeBuild = ({ entry, format, name }) => ({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, external: EXTERNAL },
  // bundled CommonJS packages ask for these, which ES modules do not have
  define: format === 'es' ? { __filename: 'import.meta.filename', __dirname: 'import.meta.dirname' } : {},
  build: {
    ssr: entry,
    target: 'node20',
    outDir: 'dist/electron',
    emptyOutDir: false,
    sourcemap: true,
    minify: format === 'cjs',
    rolldownOptions: {
      external: EXTERNAL,
      output: { format, entryFileNames: name, codeSplitting: false },
    },
  },
});

/** The hidden page that captures: app://tarnet/capture/index.html, built in development too. */
const capturePage = {
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  root: path.join(root, 'electron/capture/page'),
  base: '/capture/',
  build: {
    outDir: path.join(root, 'dist/renderer/capture'),
    emptyOutDir: true,
    target: 'chrome130',
    modulePreload: { polyfill: false },
  },
};

/** All that Vite's server does not serve in development. */
export async function buildElectron() {
  const present = ELECTRON_ENTRIES.filter(({ entry }) => existsSync(path.join(root, entry)));
  await Promise.all([...present.map((entry) => build(nodeBuild(entry))), build(capturePage)]);
}

/** Only the headless relay; whoever runs the built file meanwhile sees the old one or the new one, whole. */
export async function buildRelay() {
  const entry = ELECTRON_ENTRIES.find(({ name }) => name === 'relay-cli.js');
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(path.join(root, 'dist/.relay-'));
  try {
    const config = nodeBuild(entry);
    await build({ ...config, build: { ...config.build, outDir: folder } });
    const built = path.join(root, 'dist/electron');
    mkdirSync(built, { recursive: true });
    for (const file of readdirSync(folder)) renameSync(path.join(folder, file), path.join(built, file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function buildAll() {
  const sources = fingerprint();
  rmSync(STAMP, { force: true });
  // the pages first: their build empties the folder that the capture page goes into
  await build({ configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' });
  await buildElectron();
  cpSync(path.join(root, 'resources/icons'), path.join(root, 'dist/icons'), { recursive: true });
  writeFileSync(STAMP, sources);
}

/** True when dist/ is missing or was made from other sources. */
export function isStale() {
  return !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== fingerprint();
}

function fingerprint() {
  const hash = createHash('sha256');
  const visit = (name) => {
    const at = path.join(root, name);
    const info = statSync(at);
    if (info.isDirectory()) for (const child of readdirSync(at).sort()) visit(`${name}/${child}`);
    else if (!/\.test\.tsx?$/.test(name)) hash.update(`${name} ${info.size} ${info.mtimeMs}\n`);
  };
  SOURCES.forEach(visit);
  return hash.digest('hex');
}

if (path.resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) await buildAll();
