// Owns the utility process that injects: only this file knows how Electron forks it.
import { utilityProcess } from 'electron';
import type { InjectorChild, InjectorChildEvents } from './injector-client.ts';

/** Forks the built injector process. `entryPath` is the absolute path of injector-process.js. */
export function forkInjector(entryPath: string, events: InjectorChildEvents): InjectorChild {
  const child = utilityProcess.fork(entryPath, [], { serviceName: 'TARNet input', stdio: 'ignore' });
  child.on('message', (message: unknown) => events.onMessage(message));
  child.on('exit', (code) => events.onExit(code));
  return {
    post: (message) => child.postMessage(message),
    kill: () => {
      child.kill();
    },
  };
}
