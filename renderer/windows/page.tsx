// Owns what every window shares: language, theme, messages, and what is shown before the state is there.
import { type ReactNode, useEffect, useLayoutEffect, useMemo } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { createI18n } from '../i18n/i18n.ts';
import { useAppView, useRefetch } from '../store/use-app.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { ToastArea } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';

const SYSTEM_LANGUAGE = /^pt\b/i.test(navigator.language) ? 'pt-BR' : 'en';
const TOOLTIP_DELAY_MS = 500;

export function Page({ children }: { children: ReactNode }) {
  const view = useAppView();
  const language = view.status === 'ready' ? view.app.info.language : SYSTEM_LANGUAGE;
  const theme = view.status === 'ready' ? view.app.settings.theme : 'system';
  const i18n = useMemo(() => createI18n(language), [language]);
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <I18nextProvider i18n={i18n}>
      <TooltipProvider delay={TOOLTIP_DELAY_MS}>
        <Messages>{view.status === 'ready' ? children : <NotReady failed={view.status === 'failed'} />}</Messages>
      </TooltipProvider>
    </I18nextProvider>
  );
}

function Messages({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return <ToastArea closeLabel={t('common.close-message')}>{children}</ToastArea>;
}

function NotReady({ failed }: { failed: boolean }) {
  const { t } = useTranslation();
  const refetch = useRefetch();
  if (!failed) return <EmptyState icon={<Spinner />} title={t('window.loading')} />;
  return (
    <EmptyState icon={<Spinner />} title={t('window.failed')}>
      <p>{t('window.failed-help')}</p>
      <Button onClick={refetch}>{t('common.try-again')}</Button>
    </EmptyState>
  );
}
