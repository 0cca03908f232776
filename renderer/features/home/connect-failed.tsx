// Owns why one did not get in, with what to do.
import { useTranslation } from 'react-i18next';
import type { ErrorReason } from '../../../shared/base/errors.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { nextTry } from '../../feedback/next-try.ts';
import { Button } from '../../ui/button.tsx';

interface ConnectFailedProps {
  reason: ErrorReason;
  onRetry: () => void;
  onClose: () => void;
}

export function ConnectFailed({ reason, onRetry, onClose }: ConnectFailedProps) {
  const { t } = useTranslation();
  return (
    <>
      <ErrorCallout reason={reason} />
      <div className="connect-actions">
        <Button onClick={onClose}>{t('common.close')}</Button>
        {nextTry(reason) !== 'none' && (
          <Button variant="primary" autoFocus onClick={onRetry}>
            {t('common.try-again')}
          </Button>
        )}
      </div>
    </>
  );
}
