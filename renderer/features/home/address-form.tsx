// Owns connecting to an ID or an address that is in no list.
import { Globe } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatHostPlace, parseHostPlace } from '../../../shared/model/host-place.ts';
import { useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';

export function AddressForm({ onConnect }: { onConnect: (address: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<'wrong' | 'no-relay' | null>(null);
  const hasRelay = useApp((app) => app.settings.relays.length > 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    try {
      const place = parseHostPlace(text);
      if (place.kind === 'id' && !hasRelay) {
        setWrong('no-relay');
        return;
      }
      onConnect(formatHostPlace(place));
      setText('');
    } catch {
      setWrong('wrong');
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
        error={wrong && t(`home.address.${wrong}`)}
        onChange={(value) => {
          setText(value);
          setWrong(null);
        }}
      />
      <Button type="submit" disabled={text.trim() === ''}>
        {t('home.connect')}
      </Button>
    </form>
  );
}
