// Owns how a bench starts: its TypeScript is built for Node into dist/NAME, and its first entry runs from there.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} name the folder below dist/
 * @param {Record<string, string>} entries files below bench/ by the names of their outputs; the first one is run
 * @param {import('vite').UserConfig['ssr']} [ssr] which packages are built in: by default none
 */
export async function buildAndRun(name, entries, ssr = {}) {
  const outDir = path.join(ROOT, 'dist', name);
  process.chdir(ROOT);
  const files = Object.entries(entries).map(([output, file]) => [output, path.join('bench', file)]);
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr,
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: true,
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(files),
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  });
  await import(path.join(outDir, `${Object.keys(entries)[0]}.js`));
}
