// npm run bench:relay: measures the relay beside a raw splice and the seed's Python relay. See bench/README.md.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outDir = path.join(root, 'dist/bench-relay');
process.chdir(root);
await build({
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, external: ['bufferutil', 'utf-8-validate'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir,
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: {
        main: 'bench/relay/main.ts',
        'viewer-load': 'bench/relay/viewer-load.ts',
        'splice-subject': 'bench/relay/splice-subject.ts',
        'tarnet-subject': 'bench/relay/tarnet-subject.ts',
      },
      output: { format: 'es', entryFileNames: '[name].js' },
    },
  },
});
await import(path.join(outDir, 'main.js'));
