// node bench/slow-links.mjs: simulates sessions over slow links in virtual time, with and without rate control.
import { buildAndRun } from './build-and-run.mjs';

await buildAndRun('bench-slow-links', { slow: 'slow-links.ts' }, { noExternal: true });
