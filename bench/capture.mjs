// node bench/capture.mjs: measures the host's exact pictures alone, without encoder, encryption and network: from a
// change on a virtual X display to the coded picture update, what it weighs, and the CPU that it takes.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = path.join(root, 'dist/bench-capture');
process.chdir(root);
await build({
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    target: 'node20',
    outDir,
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { capture: 'bench/capture.ts' },
      output: { format: 'es', entryFileNames: '[name].js', codeSplitting: false },
    },
  },
});
await import(path.join(outDir, 'capture.js'));
