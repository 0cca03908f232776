// Owns the icon in the system's tray: whether this screen is shared, and the way back to the window.
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
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
}

/** The tray's menu and its text, for a state. */
export function trayContents(
  { phase, watched }: TrayState,
  texts: ShellTexts,
  actions: TrayActions,
): { tooltip: string; items: MenuItemConstructorOptions[] } {
  const on = phase === 'on' || phase === 'starting';
  return {
    tooltip: watched ? texts.tooltipWatched : on ? texts.tooltipSharing : texts.tooltipIdle,
    items: [
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

export class AppTray {
  readonly #actions: TrayActions;
  readonly #tray: Tray;
  #shown = '';

  /** @param icon absolute path of a PNG */
  constructor(icon: string, actions: TrayActions) {
    this.#actions = actions;
    this.#tray = new Tray(nativeImage.createFromPath(icon));
    this.#tray.on('click', () => actions.open());
  }

  show(state: TrayState, texts: ShellTexts): void {
    const { tooltip, items } = trayContents(state, texts, this.#actions);
    const key = JSON.stringify([tooltip, items]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#tray.setToolTip(tooltip);
    this.#tray.setContextMenu(Menu.buildFromTemplate(items));
  }

  close(): void {
    this.#tray.destroy();
  }
}
