// Owns notices about this installation, each until it is dismissed.
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Callout } from '../../ui/callout.tsx';

export function Notices() {
  const { t } = useTranslation();
  const notices = useApp((app) => app.notices);
  const actions = useActions();
  const act = useAct();
  if (notices.length === 0) return null;
  return (
    <ul className="notices" aria-label={t('notices.title')}>
      {notices.map(({ id, kind, detail }) => (
        <li key={id}>
          <Callout
            tone={kind === 'test-runtime' ? 'neutral' : 'warning'}
            title={t(`notices.${kind}.title`)}
            dismiss={{ label: t('notices.dismiss'), onDismiss: () => void act(actions.dismissNotice(id)) }}
          >
            <p>{t(`notices.${kind}.help`, { detail })}</p>
          </Callout>
        </li>
      ))}
    </ul>
  );
}
