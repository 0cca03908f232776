// Owns why one did not get in, with what to do.
import { useTranslation } from 'react-i18next';
import type { ErrorReason } from '../../../shared/base/errors.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { Button } from '../../ui/button.tsx';

interface ConnectFailedProps {
  reason: ErrorReason;
  /** Another try may go better. */
  again: boolean;
  onRetry: () => void;
  onClose: () => void;
}

export function ConnectFailed({ reason, again, onRetry, onClose }: ConnectFailedProps) {
  const { t } = useTranslation();
  return (
    <>
      <ErrorCallout reason={reason} />
      <div className="connect-actions">
        <Button onClick={onClose}>{t('common.close')}</Button>
        {again && (
          <Button variant="primary" autoFocus onClick={onRetry}>
            {t('common.try-again')}
          </Button>
        )}
      </div>
    </>
  );
}
