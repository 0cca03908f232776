// Owns asking for the password of an export: twice where it is a new one.
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PASSWORD_BOUNDS } from '../../../shared/model/password.ts';
import { useAct } from '../../feedback/use-act.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';

interface BackupPasswordProps {
  open: boolean;
  title: string;
  label: string;
  hint?: string;
  /** What the button says that goes on. */
  action: string;
  minLength: number;
  twice?: boolean;
  onClose: () => void;
  /** Whatever it throws is told, and the dialog stays. */
  onPassword: (password: string) => Promise<void>;
}

export function BackupPassword(props: BackupPasswordProps) {
  const { open, title, label, hint, action, minLength, twice = false, onClose, onPassword } = props;
  const { t } = useTranslation();
  const act = useAct();
  const form = useId();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [busy, setBusy] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each opening starts anew, and nothing typed stays in memory
  useEffect(() => {
    setPassword('');
    setAgain('');
  }, [open]);
  const ready = password.length >= minLength && (!twice || again === password);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    await act(onPassword(password));
    setBusy(false);
  };
  const field = { type: 'password', maxLength: PASSWORD_BOUNDS.maxLength } as const;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      size="s"
      title={title}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" form={form} disabled={!ready} busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      <form className="password-form" id={form} onSubmit={(event) => void submit(event)}>
        <TextField
          {...field}
          label={label}
          hint={twice ? `${hint ?? ''} ${t('password.length', { count: minLength })}` : hint}
          autoComplete={twice ? 'new-password' : 'off'}
          value={password}
          onChange={setPassword}
        />
        {twice && (
          <TextField
            {...field}
            label={t('password.again')}
            error={again !== '' && again !== password ? t('password.differs') : null}
            autoComplete="new-password"
            value={again}
            onChange={setAgain}
          />
        )}
      </form>
    </Dialog>
  );
}
