// Owns the answers to what windows ask of the app itself: its state, its settings, its log folder, its end.
import type { InvokeHandlers } from '../../shared/ipc/contract.ts';
import type { AppSnapshot } from '../../shared/ipc/state.ts';
import type { IpcContext } from '../ipc/ipc-main.ts';

type ShellChannel =
  | 'app.snapshot'
  | 'app.dismiss-notice'
  | 'app.dismiss-connect-prompt'
  | 'app.copy'
  | 'app.open-log-folder'
  | 'app.quit'
  | 'settings.update'
  | 'session.set-fullscreen';

/** What the handlers need of the app, one verb each. */
export interface ShellParts {
  snapshot(connectionId: string | null): AppSnapshot;
  dismissNotice(id: string): void;
  dismissConnectPrompt(): void;
  writeClipboard(text: string): void;
  openLogFolder(): Promise<void>;
  quit(): void;
  updateSettings(patch: unknown): Promise<void>;
  setFullscreen(connectionId: string, fullscreen: boolean): void;
}

export function shellHandlers(parts: ShellParts): Pick<InvokeHandlers<IpcContext>, ShellChannel> {
  return {
    'app.snapshot': (_payload, { connectionId }) => parts.snapshot(connectionId),
    'app.dismiss-notice': ({ id }) => parts.dismissNotice(id),
    'app.dismiss-connect-prompt': () => parts.dismissConnectPrompt(),
    'app.copy': ({ text }) => parts.writeClipboard(text),
    'app.open-log-folder': () => parts.openLogFolder(),
    'app.quit': () => parts.quit(),
    'settings.update': (patch) => parts.updateSettings(patch),
    'session.set-fullscreen': ({ fullscreen }, { connectionId }) => {
      if (connectionId !== null) parts.setFullscreen(connectionId, fullscreen);
    },
  };
}
