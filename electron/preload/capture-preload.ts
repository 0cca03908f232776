// Owns what the capture page can reach: one channel in, one channel out.
import { contextBridge, ipcRenderer } from 'electron';
import {
  CAPTURE_COMMAND_CHANNEL,
  CAPTURE_REPORT_CHANNEL,
  type CaptureBridge,
  type CaptureCommand,
} from '../../shared/ipc/capture.ts';

const bridge: CaptureBridge = {
  report: (report) => ipcRenderer.send(CAPTURE_REPORT_CHANNEL, report),
  onCommand: (listener) => {
    ipcRenderer.on(CAPTURE_COMMAND_CHANNEL, (_event, command: CaptureCommand) => listener(command));
  },
};
contextBridge.exposeInMainWorld('tarnetCapture', bridge);
