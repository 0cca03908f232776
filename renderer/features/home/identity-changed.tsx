// Owns the hard stop when another computer answers than the one that is known here: nothing to click through.
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { Button } from '../../ui/button.tsx';
import { Words } from '../../ui/words.tsx';

export function IdentityChanged({
  connection,
  onClose,
}: {
  connection: ConnectionState | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <ErrorCallout reason="identity-changed" />
      <dl className="fingerprints">
        <dt>{t('identity.known')}</dt>
        <dd>
          {connection?.pinnedFingerprint ? (
            <Words words={connection.pinnedFingerprint} label={t('identity.known')} />
          ) : (
            t('identity.unavailable')
          )}
        </dd>
        <dt>{t('identity.now')}</dt>
        <dd>
          {connection && connection.fingerprint.length > 0 ? (
            <Words words={connection.fingerprint} label={t('identity.now')} />
          ) : (
            t('identity.unavailable')
          )}
        </dd>
      </dl>
      <p className="muted">{t('identity.reinstalled')}</p>
      <div className="connect-actions">
        <Button variant="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </>
  );
}
