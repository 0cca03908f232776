// Owns asking for the code or the password on the way in.
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorReason } from '../../../shared/base/errors.ts';
import type { AccessInput } from '../../../shared/ipc/contract.ts';
import { type AccessDraft, accessInputOf } from '../../feedback/access-draft.ts';
import { AccessFields } from '../../feedback/access-fields.tsx';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { useNow } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { ConnectTarget } from './connect-target.ts';

interface AccessFormProps {
  target: ConnectTarget;
  /** What was asked for before. */
  kind: AccessDraft['kind'];
  error: ErrorReason | null;
  triesLeft: number | null;
  /** Another try is worth nothing before then. */
  waitUntilMs: number | null;
  onCancel: () => void;
  onSubmit: (access: AccessInput, viewOnly: boolean) => Promise<void>;
}

export function AccessForm({ target, kind, error, triesLeft, waitUntilMs, onCancel, onSubmit }: AccessFormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const [draft, setDraft] = useState<AccessDraft>({ kind, text: '' });
  const [viewOnly, setViewOnly] = useState(target.viewOnly);
  const [busy, setBusy] = useState(false);
  const nowMs = useNow(1_000, waitUntilMs !== null);
  const leftMs = waitUntilMs === null ? 0 : waitUntilMs - nowMs;
  const waits = error === 'password-locked' && draft.kind === 'password' && leftMs > 0;
  const access = waits ? null : accessInputOf(draft);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!access || busy) return;
    setBusy(true);
    await onSubmit(access, viewOnly);
    setBusy(false);
  };

  const hint = () => {
    if (error === 'wrong-code' && triesLeft !== null) return t('connect.tries', { count: triesLeft });
    return waits ? t('connect.wait', { left: format.countdown(leftMs) }) : null;
  };

  return (
    <form className="code-form" onSubmit={(event) => void submit(event)}>
      {error && <ErrorCallout reason={error} extra={hint()} />}
      <AccessFields draft={draft} onChange={setDraft} autoFocus />
      <div className="option">
        <div>
          <p className="option-name" id={`${id}-view`}>
            {t('connect.view-only')}
          </p>
          <p className="option-help" id={`${id}-view-help`}>
            {t('connect.view-only-help')}
          </p>
        </div>
        <Switch labelledBy={`${id}-view`} describedBy={`${id}-view-help`} checked={viewOnly} onChange={setViewOnly} />
      </div>
      <div className="connect-actions">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button variant="primary" type="submit" disabled={!access} busy={busy}>
          {t('home.connect')}
        </Button>
      </div>
    </form>
  );
}
