// Entry of the utility process that pictures an X display: off the main process's loop, and a lost X server kills
// nothing but this.
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import { forwardingLog } from '../../shared/base/forwarding-log.ts';
import type { PictureBudget } from '../../shared/model/picture-budget.ts';
import { nodeClock as clock } from '../node-clock.ts';
import { X11Capture } from './x11/x11-capture.ts';
import { type X11Command, type X11Report, x11CommandSchema } from './x11/x11-messages.ts';

const port = process.parentPort;
const report = (message: X11Report) => port.postMessage(message);

const log = forwardingLog((level, message, fields) => report({ kind: 'log', level, message, fields }));

function fail(cause: unknown): void {
  const error = TarnetError.from(cause);
  report({ kind: 'failed', reason: error.reason, message: error.message.slice(0, 500) });
}

async function start(command: Extract<X11Command, { kind: 'start' }>): Promise<X11Capture> {
  const capture = await X11Capture.start(command.display, command.area, clock, log, {
    onFrame: (frame) => report({ kind: 'frame', frame }),
    onCursor: (update) => report({ kind: 'cursor', update }),
    onVideo: (area) => report({ kind: 'video', area }),
    onGeometry: () => report({ kind: 'geometry' }),
    onFailed: fail,
  });
  capture.allowVideo(videoAllowed);
  if (budget) capture.setBudget(budget);
  report({ kind: 'started', area: capture.area });
  return capture;
}

let capture: X11Capture | null = null;
let videoAllowed = false;
let budget: PictureBudget | null = null;

async function obey(command: X11Command): Promise<void> {
  // may come while the capture is still starting
  if (command.kind === 'start') videoAllowed = command.videoAllowed;
  if (command.kind === 'video-allowed') videoAllowed = command.allowed;
  if (command.kind === 'budget') budget = command.budget;
  if (command.kind === 'start') {
    capture?.close();
    capture = null;
    capture = await start(command);
    return;
  }
  if (!capture) return;
  switch (command.kind) {
    case 'credit':
      capture.addCredit();
      break;
    case 'key':
      capture.requestKeyFrame();
      break;
    case 'acted':
      capture.viewerActed();
      break;
    case 'budget':
      capture.setBudget(command.budget);
      break;
    case 'video-allowed':
      capture.allowVideo(command.allowed);
      break;
    case 'video-running':
      capture.videoRunning();
      break;
    case 'video-ended':
      capture.videoEnded();
      break;
    case 'video-failed':
      capture.videoFailed();
      break;
  }
}

port.on('message', (event) => {
  const command = v.safeParse(x11CommandSchema, event.data);
  if (command.success) obey(command.output).catch(fail);
  else fail(TarnetError.malformed('command', v.getDotPath(command.issues[0]) ?? 'unknown kind'));
});
