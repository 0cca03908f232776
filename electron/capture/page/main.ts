// Entry of the hidden capture page: obeys commands, one capture at a time.
import type { CaptureBridge, CaptureCommand } from '../../../shared/ipc/capture.ts';
import { CaptureLoop } from './capture-loop.ts';

declare global {
  interface Window {
    readonly tarnetCapture: CaptureBridge;
  }
}

const bridge = window.tarnetCapture;
let loop: CaptureLoop | null = null;

function obey(command: CaptureCommand): void {
  if (command.kind !== 'start' && loop?.run !== command.run) return;
  switch (command.kind) {
    case 'start':
      loop?.abandon();
      loop = new CaptureLoop(command, (report) => bridge.report(report));
      loop.start();
      break;
    case 'credit':
      loop?.addCredit();
      break;
    case 'key':
      loop?.requestKeyFrame();
      break;
    case 'acted':
      loop?.viewerActed();
      break;
    case 'pointer':
      loop?.pointerMoved(command.xPx, command.yPx);
      break;
    case 'budget':
      loop?.setBudget(command.budget);
      break;
    case 'stop':
      loop?.stop();
      break;
  }
}

bridge.onCommand(obey);
bridge.report({ kind: 'loaded' });
