// Owns the texts: both languages are in the bundle, and a key that does not exist does not compile.
import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json' with { type: 'json' };
import ptBR from './pt-BR.json' with { type: 'json' };

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export type Language = 'en' | 'pt-BR';

/** Ready at once. React escapes what it shows, so texts are not escaped a second time. */
export function createI18n(language: Language): i18n {
  const made = createInstance();
  void made.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    initAsync: false,
    interpolation: { escapeValue: false },
    resources: { en: { translation: en }, 'pt-BR': { translation: ptBR } },
  });
  return made;
}
