// Owns who is watching this computer right now.
import { useTranslation } from 'react-i18next';
import type { ViewerSummary } from '../../../shared/ipc/state.ts';
import { ViewerCard } from './viewer-card.tsx';

export function ViewerList({ viewers }: { viewers: readonly ViewerSummary[] }) {
  const { t } = useTranslation();
  if (viewers.length === 0) return null;
  return (
    <div className="block">
      <h3>{t('host.viewers.title')}</h3>
      <ul className="viewers">
        {viewers.map((viewer) => (
          <li key={viewer.id}>
            <ViewerCard viewer={viewer} />
          </li>
        ))}
      </ul>
    </div>
  );
}
