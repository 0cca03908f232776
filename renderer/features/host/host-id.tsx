// Owns this computer's public number.
import { useTranslation } from 'react-i18next';
import { formatNineDigits } from '../../../shared/model/host-id.ts';
import { CopyButton } from '../../feedback/copy-button.tsx';

export function HostId({ hostId }: { hostId: string }) {
  const { t } = useTranslation();
  return (
    <div className="line-row host-id">
      <span className="muted">{t('host.id.title')}</span>
      <span className="number selectable line-value">{formatNineDigits(hostId)}</span>
      <CopyButton text={hostId} label={t('host.id.copy')} />
    </div>
  );
}
