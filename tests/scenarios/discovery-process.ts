// Owns a program for one process of its own: shares when told to, and tells its parent whom it hears on loopback.
import { systemClock } from '../../electron/app/system-clock.ts';
import { Announcer } from '../../electron/discovery/announcer.ts';
import { ProbeSocket } from '../../electron/discovery/probe-socket.ts';
import { silentLog } from '../../shared/base/log.ts';

const tell = (message: object) => process.send?.(message);
const probe = new ProbeSocket({
  reach: 'loopback',
  clock: systemClock,
  log: silentLog,
  onFound: ({ port, leaving, name, instance }) => {
    if (!announcer.isOwn(instance)) tell({ port, leaving, name });
  },
  onProblem: ({ message }) => tell({ problem: message }),
});
const announcer = new Announcer({
  clock: systemClock,
  discoveryKey: new Uint8Array(32),
  name: () => `process ${process.pid}`,
  system: 'Linux',
  access: 'code',
  channels: [probe],
});
probe.start();
process.on('message', (message) => {
  if (typeof message === 'number') announcer.start(message);
  else announcer.stop();
});
process.on('disconnect', () => process.exit(0));
tell({ ready: true });
