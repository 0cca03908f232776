// Owns the application menu: none where the system does not ask for one, because its shortcuts would be taken from the
// remote machine.
import type { MenuItemConstructorOptions } from 'electron';
import type { ShellTexts } from './shell-texts.ts';

/**
 * The menu for a platform. macOS needs one for the app itself and for editing text; developing needs the tools; else
 * there is none.
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  developing: boolean,
  texts: ShellTexts,
): MenuItemConstructorOptions[] | null {
  const tools: MenuItemConstructorOptions[] = developing
    ? [{ label: 'Development', submenu: [{ role: 'reload' }, { role: 'toggleDevTools' }] }]
    : [];
  if (platform !== 'darwin') return developing ? tools : null;
  return [
    { role: 'appMenu' },
    { label: texts.edit, role: 'editMenu' },
    { label: texts.window, role: 'windowMenu' },
    ...tools,
  ];
}
