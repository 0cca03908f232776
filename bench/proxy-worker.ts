// Owns the counting proxy itself, in a thread of its own so that measuring does not wait for it: forwards TCP on 127.0.0.1.
import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { startShapedProxy } from '../tests/fakes/shaped-proxy.ts';
import type { ProxyWork } from './counting-proxy.ts';

const LOOPBACK = '127.0.0.1';
const { targetPort, link, counters }: ProxyWork = workerData;
const bytes = new Float64Array(counters);

function pump(from: net.Socket, to: net.Socket, counter: number): void {
  from.setNoDelay(true);
  from.on('data', (chunk) => {
    bytes[counter] = (bytes[counter] ?? 0) + chunk.length;
    if (!to.write(chunk)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

const hostPort = link ? (await startShapedProxy(targetPort, link)).port : targetPort;
const server = net.createServer((viewer) => {
  const host = net.connect(hostPort, LOOPBACK);
  pump(viewer, host, 0);
  pump(host, viewer, 1);
});
server.listen(0, LOOPBACK, () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === 'object' && address ? address.port : 0);
});
