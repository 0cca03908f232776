// Owns the agreement to be reached without encryption: what it gives up is said, and agreed to, each time.
import { LockOpen } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { checkPlainHostId, PLAIN_HOST_LIMITS, parsePlainRelay } from '../../../shared/model/plain-host.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import '../../ui/option.css';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';

export function PlainShareDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const actions = useActions();
  const act = useAct();
  const remembered = useApp((app) => app.settings);
  const [relay, setRelay] = useState('');
  const [hostId, setHostId] = useState('');
  const [agreed, setAgreed] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<'relay' | 'name' | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each opening begins with the question again
  useEffect(() => {
    setRelay(remembered.plainRelay);
    setHostId(remembered.plainHostId || crypto.randomUUID());
    setAgreed(false);
    setWrong(null);
  }, [open]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!agreed || busy) return;
    if (!isFine(() => parsePlainRelay(relay))) setWrong('relay');
    else if (!isFine(() => checkPlainHostId(hostId.trim()))) setWrong('name');
    else {
      setBusy(true);
      const started = await act(actions.startPlainShare(relay, hostId.trim()));
      setBusy(false);
      if (started) onClose();
    }
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('plain-share.title')}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="danger"
            type="submit"
            form={`${id}-form`}
            icon={<LockOpen />}
            disabled={!agreed || relay.trim() === '' || hostId.trim() === ''}
            busy={busy}
          >
            {t('plain-share.start')}
          </Button>
        </>
      }
    >
      <form className="plain-share-form" id={`${id}-form`} onSubmit={(event) => void submit(event)}>
        <Callout tone="warning" title={t('plain-share.warning')}>
          <p>{t('plain-share.warning-help')}</p>
          <p>{t('plain-share.warning-asked')}</p>
        </Callout>
        <TextField
          label={t('plain.relay')}
          placeholder={t('plain.relay-placeholder')}
          maxLength={PLAIN_HOST_LIMITS.maxRelayLength}
          value={relay}
          error={wrong === 'relay' ? t('plain.relay-wrong') : null}
          onChange={(value) => {
            setRelay(value);
            setWrong(null);
          }}
        />
        <TextField
          label={t('plain-share.name')}
          hint={t('plain-share.name-help')}
          maxLength={PLAIN_HOST_LIMITS.maxIdLength}
          value={hostId}
          error={wrong === 'name' ? t('plain-share.name-wrong') : null}
          onChange={(value) => {
            setHostId(value);
            setWrong(null);
          }}
        />
        <div className="option">
          <div>
            <p className="option-name" id={`${id}-agree`}>
              {t('plain-share.agree')}
            </p>
            <p className="option-help" id={`${id}-agree-help`}>
              {t('plain-share.agree-help')}
            </p>
          </div>
          <Switch
            labelledBy={`${id}-agree`}
            describedBy={`${id}-agree-help`}
            checked={agreed}
            onChange={setAgreed}
            tone="live"
          />
        </div>
      </form>
    </Dialog>
  );
}

function isFine(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
