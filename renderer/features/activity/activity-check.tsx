// Owns what checking the activity log came to.
import { useTranslation } from 'react-i18next';
import type { ActivityVerification } from '../../../shared/model/activity.ts';
import { Callout } from '../../ui/callout.tsx';

export function ActivityCheck({ result, onDismiss }: { result: ActivityVerification; onDismiss: () => void }) {
  const { t } = useTranslation();
  const dismiss = { label: t('notices.dismiss'), onDismiss };
  if (result.faults.length === 0)
    return (
      <Callout tone="success" title={t('activity.whole.title')} dismiss={dismiss} announced>
        <p>{t('activity.whole.help', { count: result.entries })}</p>
      </Callout>
    );
  return (
    <Callout tone="danger" title={t('activity.broken.title')} dismiss={dismiss} announced>
      <p>{t('activity.broken.help')}</p>
      <ul className="activity-faults">
        {result.faults.map(({ fault, seq }) => (
          <li key={`${fault} ${seq}`}>{t(`activity.fault.${fault}`, { seq: seq ?? 0 })}</li>
        ))}
      </ul>
    </Callout>
  );
}
