// Owns what lies over the picture when it is not live: reconnecting, ended, waiting for the first picture.
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { useNow } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import './session-overlay.css';

export interface SessionOverlayProps {
  connection: ConnectionState;
  onRetry: () => void;
  onClose: () => void;
}

export function SessionOverlay({ connection, onRetry, onClose }: SessionOverlayProps) {
  if (connection.phase === 'ended') return <Ended connection={connection} onRetry={onRetry} onClose={onClose} />;
  if (connection.phase !== 'active')
    return <Reconnecting connection={connection} onRetry={onRetry} onClose={onClose} />;
  // There is a session but no picture, and the host has said why.
  if (connection.error)
    return (
      <div className="overlay-corner">
        <ErrorCallout tone="warning" reason={connection.error.reason} />
      </div>
    );
  return null;
}

function Reconnecting({ connection, onClose }: SessionOverlayProps) {
  const { t } = useTranslation();
  const { retryAtMs, name } = connection;
  const nowMs = useNow(500, retryAtMs !== null);
  const seconds = retryAtMs === null ? 0 : Math.ceil((retryAtMs - nowMs) / 1000);
  return (
    <div className="overlay">
      <section className="overlay-card" role="status">
        <header className="overlay-head">
          <Spinner />
          <h2>{t('viewer.reconnecting.title', { name })}</h2>
        </header>
        <p className="number">
          {seconds > 0 ? t('viewer.reconnecting.in', { seconds }) : t('viewer.reconnecting.now')}
        </p>
        <p className="muted">{t('viewer.reconnecting.help')}</p>
        <div className="overlay-actions">
          <Button onClick={onClose}>{t('viewer.reconnecting.close')}</Button>
        </div>
      </section>
    </div>
  );
}

/** Where another try needs a new code, the list of computers asks for it. */
const NEEDS_CODE: ReadonlySet<string> = new Set([
  'wrong-code',
  'code-locked',
  'denied',
  'consent-timeout',
  'ended-by-host',
  'share-stopped',
  'identity-changed',
]);

function Ended({ connection, onRetry, onClose }: SessionOverlayProps) {
  const { t } = useTranslation();
  const reason = connection.error?.reason ?? 'ended-by-viewer';
  const needsCode = NEEDS_CODE.has(reason);
  return (
    <div className="overlay">
      <section className="overlay-card" role="alert">
        <h2>{t('viewer.ended.title')}</h2>
        <ErrorCallout tone="warning" reason={reason} />
        {needsCode && <p className="muted">{t('viewer.ended.code')}</p>}
        <div className="overlay-actions">
          {!needsCode && <Button onClick={onRetry}>{t('viewer.ended.again')}</Button>}
          <Button variant="primary" autoFocus onClick={onClose}>
            {t('common.close')}
          </Button>
        </div>
      </section>
    </div>
  );
}
