// Owns pairing without a session: each of the two takes over the other's key as a text.
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../feedback/copy-button.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useToast } from '../../ui/toast.tsx';

const NAME_LENGTH = 128;
const TEXT_LENGTH = 256;
const ADDRESS_LENGTH = 280;

export function PairByKey({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { identityText } = useApp((app) => app.info);
  const actions = useActions();
  const act = useAct();
  const toast = useToast();
  const form = useId();
  const [way, setWay] = useState<'in' | 'out'>('in');
  const [key, setKey] = useState('');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: each opening starts anew
  useEffect(() => {
    setKey('');
    setName('');
    setAddress('');
  }, [open]);
  const ready = key.trim() !== '' && name.trim() !== '' && (way === 'in' || address.trim() !== '');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    const add = async () => {
      const words = await (way === 'in' ? actions.addDevice(name, key) : actions.pairHost(address, name, key));
      toast({ title: t('pairing.done', { name }), detail: words.join(' ') });
      onClose();
    };
    await act(add());
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('pair-key.title')}
      description={t('pair-key.about')}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" form={form} disabled={!ready}>
            {t('pairing.pair')}
          </Button>
        </>
      }
    >
      <form className="pair-key" id={form} onSubmit={(event) => void submit(event)}>
        <div className="pair-key-own">
          <QrCode text={identityText} label={t('pair-key.qr')} />
          <div>
            <p className="option-name">{t('pair-key.own')}</p>
            <p className="option-help">{t('pair-key.own-help')}</p>
            <CopyButton text={identityText} label={t('devices.copy-own')} />
          </div>
        </div>
        <Segmented
          label={t('pair-key.way')}
          value={way}
          options={[
            { value: 'in', label: t('pair-key.in') },
            { value: 'out', label: t('pair-key.out') },
          ]}
          onChange={setWay}
        />
        <TextField
          label={t('pair-key.other')}
          placeholder={t('pair-key.placeholder')}
          maxLength={TEXT_LENGTH}
          value={key}
          onChange={setKey}
        />
        <TextField label={t('pair-key.name')} maxLength={NAME_LENGTH} value={name} onChange={setName} />
        {way === 'out' && (
          <TextField label={t('home.address.label')} maxLength={ADDRESS_LENGTH} value={address} onChange={setAddress} />
        )}
      </form>
    </Dialog>
  );
}
