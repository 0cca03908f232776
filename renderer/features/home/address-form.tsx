// Owns connecting to an address that is in no list.
import { Globe } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatHostAddress, parseHostAddress } from '../../../shared/model/host-address.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';

export function AddressForm({ onConnect }: { onConnect: (address: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    try {
      onConnect(formatHostAddress(parseHostAddress(text)));
      setText('');
    } catch {
      setWrong(true);
    }
  };
  return (
    <form className="address-form" onSubmit={submit}>
      <TextField
        label={t('home.address.label')}
        labelHidden
        placeholder={t('home.address.placeholder')}
        icon={<Globe aria-hidden="true" />}
        value={text}
        error={wrong ? t('home.address.wrong') : null}
        onChange={(value) => {
          setText(value);
          setWrong(false);
        }}
      />
      <Button type="submit" disabled={text.trim() === ''}>
        {t('home.connect')}
      </Button>
    </form>
  );
}
