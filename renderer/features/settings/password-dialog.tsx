// Owns setting or changing the permanent password: typed twice, judged while it is typed.
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PASSWORD_BOUNDS } from '../../../shared/model/password.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { PASSWORD_STRENGTH, strengthOf } from './password-strength.ts';
import { StrengthMeter } from './strength-meter.tsx';

interface PasswordDialogProps {
  open: boolean;
  /** There is one, which the new one replaces. */
  isChange: boolean;
  onClose: () => void;
  onSet: () => void;
}

export function PasswordDialog({ open, isChange, onClose, onSet }: PasswordDialogProps) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const form = useId();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [busy, setBusy] = useState(false);
  const strength = useStrength(password);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each opening starts anew, and nothing typed stays in memory
  useEffect(() => {
    setPassword('');
    setAgain('');
  }, [open]);
  const isLong = password.length >= PASSWORD_BOUNDS.minLength;
  const differs = again !== '' && again !== password;
  const ready = isLong && again === password && strength !== null && strength >= PASSWORD_STRENGTH.enough;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    const done = await act(actions.setPassword(password));
    setBusy(false);
    if (done) onSet();
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      size="s"
      title={t(isChange ? 'password.change-title' : 'password.set-title')}
      description={t('password.about')}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" form={form} disabled={!ready} busy={busy}>
            {t('password.set')}
          </Button>
        </>
      }
    >
      <form className="password-form" id={form} onSubmit={(event) => void submit(event)}>
        <TextField
          label={t('password.new')}
          hint={t('password.length', { count: PASSWORD_BOUNDS.minLength })}
          type="password"
          autoComplete="new-password"
          maxLength={PASSWORD_BOUNDS.maxLength}
          value={password}
          onChange={setPassword}
        />
        <StrengthMeter score={password === '' ? null : strength} />
        <TextField
          label={t('password.again')}
          error={differs ? t('password.differs') : null}
          type="password"
          autoComplete="new-password"
          maxLength={PASSWORD_BOUNDS.maxLength}
          value={again}
          onChange={setAgain}
        />
      </form>
    </Dialog>
  );
}

/** Null until it has been judged. */
function useStrength(password: string): number | null {
  const [judged, setJudged] = useState<{ password: string; score: number } | null>(null);
  useEffect(() => {
    let stale = false;
    void strengthOf(password).then((score) => {
      if (!stale) setJudged({ password, score });
    });
    return () => {
      stale = true;
    };
  }, [password]);
  return judged?.password === password ? judged.score : null;
}
