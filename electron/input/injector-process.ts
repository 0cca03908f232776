// Owns the entry of the injector process: losing the display may kill it, and then only it.
import type {} from 'electron';
import { nodeClock as clock } from '../node-clock.ts';
import { InjectorWorker, type InjectorWorkerOptions } from './injector-worker.ts';
import { NutInjector } from './injectors/nut-injector.ts';
import { X11Injector } from './injectors/x11-injector.ts';

const open: InjectorWorkerOptions['open'] = async () => {
  const { DISPLAY: display } = process.env;
  if (process.platform !== 'linux' || !display) return { injector: await NutInjector.open(), means: 'nut-js' };
  try {
    return { injector: await X11Injector.open(display, clock), means: 'xtest' };
  } catch {
    // An X server without XTEST or XKB for us: nut-js has its own ways, and says so if it has none either.
    return { injector: await NutInjector.open(), means: 'nut-js' };
  }
};

const port = process.parentPort;
const worker = new InjectorWorker({
  open,
  post: (reply) => port.postMessage(reply),
  exit: (code) => {
    // Messages that were posted have to get out first.
    setTimeout(() => process.exit(code), 20);
  },
  monotonicMs: () => clock.monotonicMs(),
  nowMs: () => clock.nowMs(),
});
port.on('message', (event) => worker.receive(event.data));
await worker.start();
