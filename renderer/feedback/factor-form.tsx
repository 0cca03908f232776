// Owns asking for the second factor on the way in: a code of the authenticator app, or a recovery code.
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorReason } from '../../shared/base/errors.ts';
import { bareFactor, factorKind, SECOND_FACTOR_BOUNDS } from '../../shared/model/second-factor.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { ErrorCallout } from './error-callout.tsx';
import './factor-form.css';

interface FactorFormProps {
  /** Why it is asked for again; null the first time. */
  error: ErrorReason | null;
  onCancel: () => void;
  onSubmit: (code: string) => Promise<unknown>;
}

export function FactorForm({ error, onCancel, onSubmit }: FactorFormProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const ready = factorKind(typed) !== null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    await onSubmit(typed);
    setBusy(false);
  };
  return (
    <form className="factor-form" onSubmit={(event) => void submit(event)}>
      {error ? <ErrorCallout reason={error} /> : <p>{t('connect.factor.about')}</p>}
      <TextField
        label={t('connect.factor.code')}
        hint={t('connect.factor.hint')}
        // a recovery code is too long for large letters
        look={bareFactor(typed).length > SECOND_FACTOR_BOUNDS.digits ? 'plain' : 'code'}
        autoComplete="one-time-code"
        maxLength={SECOND_FACTOR_BOUNDS.maxTypedLength}
        autoFocus
        value={typed}
        onChange={setTyped}
      />
      <div className="factor-actions">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button variant="primary" type="submit" disabled={!ready} busy={busy}>
          {t('connect.factor.go')}
        </Button>
      </div>
    </form>
  );
}
