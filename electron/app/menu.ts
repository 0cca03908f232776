// Owns putting the application menu in place.
import { Menu } from 'electron';
import { menuTemplate } from './menu-template.ts';
import type { ShellTexts } from './shell-texts.ts';

export function setMenu(platform: NodeJS.Platform, developing: boolean, texts: ShellTexts): void {
  const template = menuTemplate(platform, developing, texts);
  Menu.setApplicationMenu(template && Menu.buildFromTemplate(template));
}
