// Owns what lies over the picture when it is not live: reconnecting, ended, waiting for the first picture.
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccessInput } from '../../../shared/ipc/contract.ts';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import { type AccessDraft, accessInputOf } from '../../feedback/access-draft.ts';
import { AccessFields } from '../../feedback/access-fields.tsx';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { FactorForm } from '../../feedback/factor-form.tsx';
import { nextTry } from '../../feedback/next-try.ts';
import { useNow } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Words } from '../../ui/words.tsx';
import './session-overlay.css';

export interface SessionOverlayProps {
  connection: ConnectionState;
  /** With another code or password where one was asked for. */
  onRetry: (access?: AccessInput) => void;
  /** The second factor that the host asks for, perhaps again. */
  onAnswer: (code: string) => Promise<unknown>;
  onClose: () => void;
}

export function SessionOverlay({ connection, onRetry, onAnswer, onClose }: SessionOverlayProps) {
  if (asksFactor(connection)) return <Factor connection={connection} onAnswer={onAnswer} onClose={onClose} />;
  if (connection.phase === 'ended') return <Ended connection={connection} onRetry={onRetry} onClose={onClose} />;
  if (connection.phase === 'reconnecting')
    return <Reconnecting connection={connection} onRetry={onRetry} onClose={onClose} />;
  if (connection.phase !== 'active' && connection.phase !== 'awaiting-factor')
    return <Opening connection={connection} phase={connection.phase} onClose={onClose} />;
  // There is a session but no picture, and the host has said why.
  if (connection.error)
    return (
      <div className="overlay-corner">
        <ErrorCallout tone="warning" reason={connection.error.reason} />
      </div>
    );
  return null;
}

/** After an end the user tries again from here: the whole way in, as in the connect dialog. */
function Opening({
  connection,
  phase,
  onClose,
}: Pick<SessionOverlayProps, 'connection' | 'onClose'> & { phase: 'connecting' | 'handshaking' | 'awaiting-consent' }) {
  const { t } = useTranslation();
  const { name, sas } = connection;
  return (
    <div className="overlay">
      <section className="overlay-card">
        <header className="overlay-head">
          <Spinner />
          <h2>{t('connect.title', { name })}</h2>
        </header>
        <p role="status">{t(`connect.step.${phase}`)}</p>
        {phase === 'awaiting-consent' && sas && (
          <>
            <p className="muted">{t('connect.compare')}</p>
            <Words words={sas.split(' ')} size="l" label={t('proof.sas')} />
          </>
        )}
        <div className="overlay-actions">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </div>
      </section>
    </div>
  );
}

function asksFactor({ phase, error, how }: ConnectionState): boolean {
  return (
    phase === 'awaiting-factor' || (phase === 'ended' && error !== null && nextTry(error.reason, how) === 'factor')
  );
}

/** On the way back the host may have forgotten the session, and asks for everything again. */
function Factor({ connection, onAnswer, onClose }: Omit<SessionOverlayProps, 'onRetry'>) {
  const { t } = useTranslation();
  const { name, phase, error } = connection;
  const again = phase === 'ended' ? (error?.reason ?? null) : null;
  return (
    <div className="overlay">
      <section className="overlay-card">
        <h2>{t('connect.title', { name })}</h2>
        <FactorForm key={String(again)} error={again} onCancel={onClose} onSubmit={onAnswer} />
      </section>
    </div>
  );
}

function Reconnecting({ connection, onRetry, onClose }: Omit<SessionOverlayProps, 'onAnswer'>) {
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
          <Button variant="primary" disabled={seconds <= 0} onClick={() => onRetry()}>
            {t('viewer.reconnecting.try')}
          </Button>
        </div>
      </section>
    </div>
  );
}

function Ended({ connection, onRetry, onClose }: Omit<SessionOverlayProps, 'onAnswer'>) {
  const { t } = useTranslation();
  const form = useId();
  const [draft, setDraft] = useState<AccessDraft>({
    kind: connection.how === 'password' ? 'password' : 'code',
    text: '',
  });
  const access = accessInputOf(draft);
  const reason = connection.error?.reason ?? 'ended-by-viewer';
  const next = nextTry(reason, connection.how);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (access) onRetry(access);
  };
  return (
    <div className="overlay">
      <section className="overlay-card" role="alert">
        <h2>{t('viewer.ended.title')}</h2>
        <ErrorCallout
          tone={reason === 'identity-changed' ? 'danger' : 'warning'}
          reason={reason}
          extra={
            reason === 'wrong-code' && connection.triesLeft !== null
              ? t('connect.tries', { count: connection.triesLeft })
              : null
          }
        />
        {next === 'ask' && (
          <form className="overlay-form" id={form} onSubmit={submit}>
            <AccessFields draft={draft} onChange={setDraft} />
          </form>
        )}
        <div className="overlay-actions">
          <Button autoFocus onClick={onClose}>
            {t('common.close')}
          </Button>
          {next === 'same' && (
            <Button variant="primary" onClick={() => onRetry()}>
              {t('viewer.ended.again')}
            </Button>
          )}
          {next === 'ask' && (
            <Button variant="primary" type="submit" form={form} disabled={!access}>
              {t('viewer.ended.again')}
            </Button>
          )}
        </div>
      </section>
    </div>
  );
}
