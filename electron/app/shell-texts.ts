// Owns the few texts that the main process shows by itself: tray and menus.
import type { AppInfo } from '../../shared/ipc/state.ts';
import en from './locales/en.json' with { type: 'json' };
import ptBr from './locales/pt-BR.json' with { type: 'json' };

export type ShellTexts = typeof en;

const TEXTS: Readonly<Record<AppInfo['language'], ShellTexts>> = { en, 'pt-BR': ptBr };

export function shellTexts(language: AppInfo['language']): ShellTexts {
  return TEXTS[language];
}
