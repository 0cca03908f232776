// node bench/capture.mjs: measures the host's exact pictures alone, without encoder, encryption and network: from a
// change on a virtual X display to the coded picture update, what it weighs, and the CPU that it takes.
import { buildAndRun } from './build-and-run.mjs';

await buildAndRun('bench-capture', { capture: 'capture.ts' }, { noExternal: true });
