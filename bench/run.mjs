// npm run bench: measures TARNet, and beside it TigerVNC and FreeRDP, in one run on two virtual displays. See bench/README.md.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = path.join(root, 'dist/bench');
process.chdir(root);
await build({
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir,
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { main: 'bench/main.ts', 'proxy-worker': 'bench/proxy-worker.ts' },
      output: { format: 'es', entryFileNames: '[name].js' },
    },
  },
});
await import(path.join(outDir, 'main.js'));
