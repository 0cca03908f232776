// Owns the counting of bytes on the wire: every peer's viewer reaches its host through one of these, on loopback.
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LineShape } from '../tests/fakes/shaped-proxy.ts';

export interface ProxyWork {
  targetPort: number;
  /** How slow and how far the host is; null: as near as loopback is. */
  link: LineShape | null;
  /** Two doubles: bytes from the viewer, bytes to the viewer. */
  counters: SharedArrayBuffer;
}

export interface CountingProxy {
  port: number;
  /** Bytes so far, both ways together. */
  bytes(): number;
  stop(): Promise<void>;
}

/** Forwards a free port of 127.0.0.1 to `targetPort`. */
export async function startCountingProxy(targetPort: number, link: LineShape | null): Promise<CountingProxy> {
  const work: ProxyWork = { targetPort, link, counters: new SharedArrayBuffer(16) };
  const counts = new Float64Array(work.counters);
  const worker = new Worker(path.join(import.meta.dirname, 'proxy-worker.js'), { workerData: work });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    port,
    bytes: () => (counts[0] ?? 0) + (counts[1] ?? 0),
    stop: async () => void (await worker.terminate()),
  };
}
