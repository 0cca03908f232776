// Owns how the OPAQUE process is started by Electron.
import path from 'node:path';
import { utilityProcess } from 'electron';
import type { OpaqueWorker } from './opaque-client.ts';

/** Starts the process that the build puts beside the main process. */
export function startOpaqueProcess(): OpaqueWorker {
  const child = utilityProcess.fork(path.join(import.meta.dirname, 'opaque-process.js'), [], {
    serviceName: 'TARNet codes',
    stdio: 'ignore',
  });
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', listener),
    kill: () => void child.kill(),
  };
}
