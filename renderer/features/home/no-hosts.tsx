// Owns what the list says when there is no computer to show.
import { Radar, SearchX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../store/use-app.ts';
import { EmptyState } from '../../ui/empty-state.tsx';

export function NoHosts() {
  const { t } = useTranslation();
  const discovery = useApp((app) => app.settings.discovery);
  return (
    <EmptyState icon={<Radar aria-hidden="true" />} title={t('home.empty.title')}>
      <p>{t('home.empty.intro')}</p>
      <ol className="steps">
        <li>{t('home.empty.step-open')}</li>
        <li>{t('home.empty.step-share')}</li>
        <li>{t('home.empty.step-code')}</li>
      </ol>
      <p>{t(discovery ? 'home.empty.other-network' : 'home.empty.discovery-off')}</p>
    </EmptyState>
  );
}

export function NothingFound({ search }: { search: string }) {
  const { t } = useTranslation();
  return (
    <EmptyState icon={<SearchX aria-hidden="true" />} title={t('home.nothing.title', { search })}>
      <p>{t('home.nothing.help')}</p>
    </EmptyState>
  );
}
