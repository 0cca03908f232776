// Owns setting up an authenticator app: its secret as a picture and as text, shown once, and the code that shows it arrived.
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { FactorProposal } from '../../../shared/ipc/state.ts';
import { factorKind } from '../../../shared/model/second-factor.ts';
import { CopyButton } from '../../feedback/copy-button.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { TextField } from '../../ui/text-field.tsx';
import './second-factor.css';

const QR_SIZE_PX = 148;
/** Six digits, and a space between. */
const MAX_TYPED = 12;

interface FactorSetUpProps {
  open: boolean;
  onClose: () => void;
  /** It is on. */
  onDone: (recoveryCodes: readonly string[]) => void;
}

export function FactorSetUp({ open, onClose, onDone }: FactorSetUpProps) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const form = useId();
  const proposal = useProposal(open);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each opening starts anew
  useEffect(() => {
    setTyped('');
    setWrong(false);
  }, [open]);
  const ready = proposal !== null && factorKind(typed) === 'authenticator';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    const confirm = async () => {
      try {
        onDone(await actions.confirmFactor(typed));
      } catch (error) {
        if (TarnetError.from(error).reason !== 'wrong-second-factor') throw error;
        setWrong(true);
      }
    };
    await act(confirm());
    setBusy(false);
  };

  const giveUp = () => {
    onClose();
    void act(actions.cancelFactor());
  };

  return (
    <Dialog
      open={open}
      onClose={giveUp}
      insistent
      title={t('factor.title')}
      description={t('factor.about')}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button onClick={giveUp}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" form={form} disabled={!ready} busy={busy}>
            {t('factor.switch-on')}
          </Button>
        </>
      }
    >
      <form className="factor-set-up" id={form} onSubmit={(event) => void submit(event)}>
        {proposal ? (
          <div className="factor-secret">
            <QrCode text={proposal.uri} label={t('factor.qr')} sizePx={QR_SIZE_PX} />
            <div>
              <p className="option-name">{t('factor.by-hand')}</p>
              <p className="option-help">{t('factor.by-hand-help')}</p>
              <p className="factor-text">
                <code>{proposal.secretText}</code>
                <CopyButton text={() => proposal.secretText.replaceAll(' ', '')} label={t('factor.copy-secret')} />
              </p>
            </div>
          </div>
        ) : (
          <Spinner />
        )}
        <TextField
          label={t('factor.confirm')}
          hint={t('factor.confirm-hint')}
          error={wrong ? t('factor.confirm-wrong') : null}
          look="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={MAX_TYPED}
          value={typed}
          onChange={(text) => {
            setTyped(text);
            setWrong(false);
          }}
        />
      </form>
    </Dialog>
  );
}

/** A new secret for each opening; nothing of it stays in memory after. */
function useProposal(open: boolean): FactorProposal | null {
  const actions = useActions();
  const act = useAct();
  const [proposal, setProposal] = useState<FactorProposal | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each opening
  useEffect(() => {
    setProposal(null);
    if (!open) return;
    let stale = false;
    const propose = async () => {
      const proposed = await actions.proposeFactor();
      if (!stale) setProposal(proposed);
    };
    void act(propose());
    return () => {
      stale = true;
    };
  }, [open]);
  return proposal;
}
