// Owns giving a computer a name of one's own.
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { showHostPlace } from '../../../shared/model/host-place.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';

const NAME_LENGTH = 128;

export interface SaveTarget {
  address: string;
  name: string;
}

export function SaveDialog({ target, onClose }: { target: SaveTarget | null; onClose: () => void }) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const form = useId();
  const [name, setName] = useState('');
  useEffect(() => {
    if (target) setName(target.name);
  }, [target]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (target && (await act(actions.saveHost(target.address, name.trim() || target.address)))) onClose();
  };
  return (
    <Dialog
      open={target !== null}
      onClose={onClose}
      size="s"
      title={t('save.title')}
      description={target ? showHostPlace(target.address) : undefined}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" form={form}>
            {t('save.save')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <TextField
          label={t('save.name')}
          placeholder={target?.address}
          maxLength={NAME_LENGTH}
          value={name}
          onChange={setName}
        />
      </form>
    </Dialog>
  );
}
