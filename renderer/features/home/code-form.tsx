// Owns asking for the code, or for a longer secret.
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorReason } from '../../../shared/base/errors.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { Button } from '../../ui/button.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import { codeDigits, isWholeCode } from '../../ui/code-input.ts';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { ConnectTarget } from './connect-target.ts';

const SECRET_LENGTH = 32;

interface CodeFormProps {
  target: ConnectTarget;
  error: ErrorReason | null;
  triesLeft: number | null;
  onCancel: () => void;
  onSubmit: (code: string, viewOnly: boolean) => Promise<void>;
}

export function CodeForm({ target, error, triesLeft, onCancel, onSubmit }: CodeFormProps) {
  const { t } = useTranslation();
  const id = useId();
  const [isSecret, setSecret] = useState(false);
  const [code, setCode] = useState('');
  const [viewOnly, setViewOnly] = useState(target.viewOnly);
  const [busy, setBusy] = useState(false);
  const ready = isSecret ? code.trim() !== '' : isWholeCode(code);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    await onSubmit(isSecret ? code.trim() : codeDigits(code), viewOnly);
    setBusy(false);
  };

  return (
    <form className="code-form" onSubmit={(event) => void submit(event)}>
      {error && (
        <ErrorCallout
          reason={error}
          extra={error === 'wrong-code' && triesLeft !== null ? t('connect.tries', { count: triesLeft }) : null}
        />
      )}
      {isSecret ? (
        <TextField
          key="secret"
          label={t('connect.secret')}
          hint={t('connect.secret-hint')}
          type="password"
          maxLength={SECRET_LENGTH}
          autoFocus
          value={code}
          onChange={setCode}
        />
      ) : (
        <CodeField
          key="code"
          label={t('connect.code')}
          hint={t('connect.code-hint')}
          placeholder={t('connect.code-placeholder')}
          autoFocus
          value={code}
          onChange={setCode}
        />
      )}
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
        <Button
          variant="quiet"
          className="push"
          onClick={() => {
            setSecret(!isSecret);
            setCode('');
          }}
        >
          {t(isSecret ? 'connect.use-code' : 'connect.use-secret')}
        </Button>
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button variant="primary" type="submit" disabled={!ready} busy={busy}>
          {t('home.connect')}
        </Button>
      </div>
    </form>
  );
}
