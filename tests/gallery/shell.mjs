// The window in which the gallery is looked at: as bare as can be.
import { app, BrowserWindow } from 'electron';

// Electron is not ready before this module has run to its end: it must not be awaited here.
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1040, height: 720, useContentSize: true, frame: false });
  return window.loadURL('about:blank');
});
