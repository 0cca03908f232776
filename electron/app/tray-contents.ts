// Owns what the tray says and offers in each state of the app.
import type { MenuItemConstructorOptions } from 'electron';
import type { ShareState } from '../../shared/ipc/state.ts';
import type { ShellTexts } from './shell-texts.ts';

export interface TrayActions {
  open(): void;
  setSharing(on: boolean): void;
  quit(): void;
}

/** What the tray shows of the app. */
export interface TrayState {
  phase: ShareState['phase'];
  watched: boolean;
  /** Others can reach this screen without encryption. */
  unencrypted: boolean;
}

/** The tray's menu and its text, for a state. */
export function trayContents(
  { phase, watched, unencrypted }: TrayState,
  texts: ShellTexts,
  actions: TrayActions,
): { tooltip: string; items: MenuItemConstructorOptions[] } {
  const on = phase === 'on' || phase === 'starting';
  return {
    tooltip: [
      watched ? texts.tooltipWatched : on ? texts.tooltipSharing : texts.tooltipIdle,
      ...(unencrypted ? [texts.unencrypted] : []),
    ].join('\n'),
    items: [
      ...(unencrypted ? [{ label: texts.unencrypted, enabled: false }] : []),
      { label: texts.open, click: () => actions.open() },
      {
        label: on ? texts.stopSharing : texts.startSharing,
        enabled: phase !== 'starting' && phase !== 'stopping',
        click: () => actions.setSharing(!on),
      },
      { type: 'separator' },
      { label: texts.quit, click: () => actions.quit() },
    ],
  };
}
