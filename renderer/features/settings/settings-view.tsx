// Owns the settings screen: every change takes effect at once.
import { type ReactNode, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsPatch } from '../../../shared/model/settings.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Words } from '../../ui/words.tsx';
import './settings-view.css';

export function SettingsView() {
  const { t } = useTranslation();
  const settings = useApp((app) => app.settings);
  const info = useApp((app) => app.info);
  const actions = useActions();
  const act = useAct();
  const change = (patch: SettingsPatch) => void act(actions.updateSettings(patch));
  const id = useId();
  return (
    <div className="settings">
      <h1>{t('settings.title')}</h1>
      <Group title={t('settings.appearance')}>
        <div className="setting">
          <p id={`${id}-language`} className="option-name">
            {t('settings.language')}
          </p>
          <Select
            labelledBy={`${id}-language`}
            value={settings.language}
            options={[
              { value: 'system', label: t('settings.language-system') },
              { value: 'en', label: LANGUAGE_NAMES.en },
              { value: 'pt-BR', label: LANGUAGE_NAMES['pt-BR'] },
            ]}
            onChange={(language) => change({ language })}
          />
        </div>
        <div className="setting">
          <p className="option-name">{t('settings.theme')}</p>
          <Segmented
            label={t('settings.theme')}
            value={settings.theme}
            options={[
              { value: 'system', label: t('settings.theme-system') },
              { value: 'light', label: t('settings.theme-light') },
              { value: 'dark', label: t('settings.theme-dark') },
            ]}
            onChange={(theme) => change({ theme })}
          />
        </div>
      </Group>
      <Group title={t('settings.sharing')}>
        <TextSetting
          label={t('settings.display-name')}
          value={settings.displayName}
          placeholder={info.machineName}
          onSave={(displayName) => change({ displayName })}
        />
        <TextSetting
          label={t('settings.port')}
          hint={t('settings.port-help')}
          value={String(settings.relayPort)}
          check={(text) => (isPort(text) ? null : t('settings.port-wrong'))}
          onSave={(text) => change({ relayPort: Number(text) })}
        />
        <TextSetting
          label={t('settings.shortcut')}
          hint={t('settings.shortcut-help')}
          value={settings.stopSharingShortcut}
          onSave={(stopSharingShortcut) => change({ stopSharingShortcut })}
        />
        <SwitchSetting
          label={t('settings.local-first')}
          help={t('settings.local-first-help')}
          checked={settings.localInputFirst}
          onChange={(localInputFirst) => change({ localInputFirst })}
        />
      </Group>
      <Group title={t('settings.network')}>
        <SwitchSetting
          label={t('settings.discovery')}
          help={t('settings.discovery-help')}
          checked={settings.discovery}
          onChange={(discovery) => change({ discovery })}
        />
        <SwitchSetting
          label={t('settings.announce')}
          help={t('settings.announce-help')}
          checked={settings.announceName ?? false}
          onChange={(announceName) => change({ announceName })}
        />
      </Group>
      <Group title={t('settings.window')}>
        <SwitchSetting
          label={t('settings.tray')}
          help={t('settings.tray-help')}
          checked={settings.closeToTray}
          onChange={(closeToTray) => change({ closeToTray })}
        />
      </Group>
      <Group title={t('settings.about')}>
        <div className="setting setting-tall">
          <p className="option-name">{t('settings.version', { version: info.version, electron: info.electron })}</p>
          <Button size="s" onClick={() => void act(actions.openLogFolder())}>
            {t('settings.logs')}
          </Button>
        </div>
        <div className="setting setting-block">
          <p className="option-name">{t('settings.fingerprint')}</p>
          <Words words={info.fingerprint} size="s" label={t('settings.fingerprint')} />
          <p className="option-help">{t(info.keyStore ? 'settings.keys-stored' : 'settings.keys-file')}</p>
        </div>
      </Group>
    </div>
  );
}

/** Languages are named in themselves, whatever language is shown. */
const LANGUAGE_NAMES = { en: 'English', 'pt-BR': 'Português (Brasil)' } as const;

function Group({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="settings-group" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className="settings-box">{children}</div>
    </section>
  );
}

interface SwitchSettingProps {
  label: string;
  help: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function SwitchSetting({ label, help, checked, onChange }: SwitchSettingProps) {
  const id = useId();
  return (
    <div className="setting">
      <div>
        <p id={`${id}-name`} className="option-name">
          {label}
        </p>
        <p id={`${id}-help`} className="option-help">
          {help}
        </p>
      </div>
      <Switch labelledBy={`${id}-name`} describedBy={`${id}-help`} checked={checked} onChange={onChange} />
    </div>
  );
}

interface TextSettingProps {
  label: string;
  value: string;
  hint?: string;
  placeholder?: string;
  /** What is wrong with the text; null when nothing is. */
  check?: (text: string) => string | null;
  onSave: (text: string) => void;
}

/** Saved by Enter or on leaving the field, when it is right. */
function TextSetting({ label, value, hint, placeholder, check, onSave }: TextSettingProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const error = check?.(text.trim()) ?? null;
  const save = () => {
    if (error === null && text.trim() !== value) onSave(text.trim());
  };
  return (
    <div className="setting setting-block">
      <TextField
        label={label}
        value={text}
        onChange={setText}
        hint={hint}
        error={error}
        maxLength={64}
        placeholder={placeholder}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === 'Enter') save();
          if (event.key === 'Escape') setText(value);
        }}
      />
    </div>
  );
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
