// Owns the icon in the system's tray: whether this screen is shared, and the way back to the window.
import { Menu, nativeImage, Tray } from 'electron';
import type { ShellTexts } from './shell-texts.ts';
import { type TrayActions, type TrayState, trayContents } from './tray-contents.ts';

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
