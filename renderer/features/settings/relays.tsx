// Owns the relays in other networks: which ones this computer uses, and whether it can be reached through them.
import { Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isPlainRelay, parseRelayUrl, RELAY_ADDRESS_LIMITS, relayName } from '../../../shared/model/relay-address.ts';
import { SETTINGS_LIMITS, type Settings, type SettingsPatch } from '../../../shared/model/settings.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { PlainShare } from './plain-share.tsx';
import './relays.css';
import { Section, Toggle } from './setting-rows.tsx';

interface RelaysProps {
  settings: Settings;
  onChange: (patch: SettingsPatch) => void;
}

export function Relays({ settings: { relays, reachableById }, onChange }: RelaysProps) {
  const { t } = useTranslation();
  return (
    <Section title={t('settings.relays.title')}>
      <p className="setting option-help">{t('settings.relays.intro')}</p>
      {relays.map(({ url, token }) => {
        const name = relayName(url);
        return (
          <div key={url} className="setting">
            <div className="setting-text">
              <p className="option-name clip">{name}</p>
              <p className="option-help" data-warning={isPlainRelay(url) ? '' : undefined}>
                {[
                  t(token === '' ? 'settings.relays.without-token' : 'settings.relays.with-token'),
                  isPlainRelay(url) ? t('settings.relays.plain') : '',
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
            </div>
            <IconButton
              size="s"
              tone="danger"
              label={t('settings.relays.remove', { name })}
              icon={<Trash2 />}
              onClick={() => onChange({ relays: relays.filter((relay) => relay.url !== url) })}
            />
          </div>
        );
      })}
      <AddRelay
        isFull={(url) => relays.length >= SETTINGS_LIMITS.maxRelays && !relays.some((relay) => relay.url === url)}
        // A relay that is there already gets the new token.
        onAdd={(url, token) => onChange({ relays: [...relays.filter((relay) => relay.url !== url), { url, token }] })}
      />
      <Toggle
        name={t('settings.relays.reachable')}
        help={t('settings.relays.reachable-help')}
        checked={reachableById}
        onChange={(checked) => onChange({ reachableById: checked })}
      />
      <PlainShare />
    </Section>
  );
}

function AddRelay({
  isFull,
  onAdd,
}: {
  isFull: (url: string) => boolean;
  onAdd: (url: string, token: string) => void;
}) {
  const { t } = useTranslation();
  const [address, setAddress] = useState('');
  const [token, setToken] = useState('');
  const [wrong, setWrong] = useState<'wrong-address' | 'wrong-token' | 'full' | null>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    let url: string;
    try {
      url = parseRelayUrl(address);
    } catch {
      setWrong('wrong-address');
      return;
    }
    if (!/^[\x21-\x7e]*$/.test(token.trim())) setWrong('wrong-token');
    else if (isFull(url)) setWrong('full');
    else {
      onAdd(url, token.trim());
      setAddress('');
      setToken('');
    }
  };

  return (
    <form className="setting relay-form" onSubmit={submit}>
      <TextField
        className="relay-address"
        label={t('settings.relays.address')}
        placeholder={t('settings.relays.address-placeholder')}
        maxLength={RELAY_ADDRESS_LIMITS.maxLength}
        value={address}
        error={
          wrong === null || wrong === 'wrong-token'
            ? null
            : t(`settings.relays.${wrong}`, { count: SETTINGS_LIMITS.maxRelays })
        }
        onChange={(value) => {
          setAddress(value);
          setWrong(null);
        }}
      />
      <TextField
        className="relay-token"
        label={t('settings.relays.token')}
        placeholder={t('settings.relays.token-placeholder')}
        type="password"
        maxLength={RELAY_ADDRESS_LIMITS.maxTokenLength}
        value={token}
        error={wrong === 'wrong-token' ? t('settings.relays.wrong-token') : null}
        onChange={(value) => {
          setToken(value);
          setWrong(null);
        }}
      />
      <div className="relay-add">
        <Button type="submit" icon={<Plus />} disabled={address.trim() === ''}>
          {t('settings.relays.add')}
        </Button>
      </div>
    </form>
  );
}
