// npm run bench: measures TARNet, and beside it TigerVNC and FreeRDP, in one run on two virtual displays. See bench/README.md.
import { buildAndRun } from './build-and-run.mjs';

await buildAndRun('bench', { main: 'main.ts', 'proxy-worker': 'proxy-worker.ts' });
