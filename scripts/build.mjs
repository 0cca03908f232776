// npm run build: makes dist/ with the main process and its utility processes (ES modules), the sandboxed preloads
// (CommonJS, one file each) and the pages.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Native or resolved at run time: never bundled. */
const EXTERNAL = ['electron', '@nut-tree-fork/nut-js', 'bufferutil', 'utf-8-validate'];

/** Everything that runs in Node or in a preload: source file, module format, built name. */
export const ELECTRON_ENTRIES = [
  { entry: 'electron/main.ts', format: 'es', name: 'main.js' },
  { entry: 'electron/relay/relay-process.ts', format: 'es', name: 'relay-process.js' },
  { entry: 'electron/pairing/opaque-process.ts', format: 'es', name: 'opaque-process.js' },
  { entry: 'electron/input/injector-process.ts', format: 'es', name: 'injector-process.js' },
  { entry: 'electron/preload/window-preload.ts', format: 'cjs', name: 'window-preload.cjs' },
  { entry: 'electron/preload/capture-preload.ts', format: 'cjs', name: 'capture-preload.cjs' },
];

const nodeBuild = ({ entry, format, name }) => ({
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, external: EXTERNAL },
  build: {
    ssr: entry,
    target: 'node20',
    outDir: 'dist/electron',
    emptyOutDir: false,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      external: EXTERNAL,
      output: { format, entryFileNames: name, codeSplitting: false },
    },
  },
});

export async function buildElectron() {
  await Promise.all(ELECTRON_ENTRIES.map((entry) => build(nodeBuild(entry))));
}

export async function buildAll() {
  await buildElectron();
  await build({ logLevel: 'warn' });
}

if (path.resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) await buildAll();
