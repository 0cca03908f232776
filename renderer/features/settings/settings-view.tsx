// Owns the settings screen: every change takes effect at once, there is nothing to save.
import { useTranslation } from 'react-i18next';
import type { SettingsPatch } from '../../../shared/model/settings.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { About } from './about.tsx';
import { BackupSettings } from './backup-settings.tsx';
import { Devices } from './devices.tsx';
import { Incoming } from './incoming.tsx';
import { PermissionSettings } from './permission-settings.tsx';
import { PictureSettings } from './picture-settings.tsx';
import { Relays } from './relays.tsx';
import { Commit, Row, Section, Toggle } from './setting-rows.tsx';
import './settings-view.css';
import { ShortcutField } from './shortcut-field.tsx';
import { Unattended } from './unattended.tsx';

const NAME_LENGTH = 64;
const PORT_DIGITS = 5;
const MAX_PORT = 65_535;

/** Languages are named in themselves, whatever language is shown. */
const LANGUAGE_NAMES = { en: 'English', 'pt-BR': 'Português (Brasil)' } as const;

export function SettingsView() {
  const { t } = useTranslation();
  const settings = useApp((app) => app.settings);
  const info = useApp((app) => app.info);
  const actions = useActions();
  const act = useAct();
  const change = (patch: SettingsPatch) => void act(actions.updateSettings(patch));
  return (
    <div className="settings">
      <h1>{t('settings.title')}</h1>

      <Section title={t('settings.appearance')}>
        <Row name={t('settings.language')}>
          {(labelId) => (
            <Select
              labelledBy={labelId}
              value={settings.language}
              options={[
                { value: 'system', label: t('settings.language-system') },
                { value: 'en', label: LANGUAGE_NAMES.en },
                { value: 'pt-BR', label: LANGUAGE_NAMES['pt-BR'] },
              ]}
              onChange={(language) => change({ language })}
            />
          )}
        </Row>
        <Row name={t('settings.theme')}>
          {() => (
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
          )}
        </Row>
      </Section>

      <Section title={t('settings.sharing')}>
        <Row name={t('settings.display-name')}>
          {(labelId, helpId) => (
            <Commit
              labelledBy={labelId}
              describedBy={helpId}
              value={settings.displayName}
              placeholder={info.machineName}
              maxLength={NAME_LENGTH}
              parse={(text) => text.trim()}
              onCommit={(displayName) => change({ displayName })}
            />
          )}
        </Row>
        <Row name={t('settings.shortcut')} help={t('settings.shortcut-help')}>
          {(labelId) => (
            <ShortcutField
              labelledBy={labelId}
              value={settings.stopSharingShortcut}
              platform={info.platform}
              onChange={(stopSharingShortcut) => change({ stopSharingShortcut })}
            />
          )}
        </Row>
        <Toggle
          name={t('settings.local-first')}
          help={t('settings.local-first-help')}
          checked={settings.localInputFirst}
          onChange={(localInputFirst) => change({ localInputFirst })}
        />
      </Section>

      <PictureSettings settings={settings} onChange={change} />

      <Unattended />
      <Incoming />
      <PermissionSettings />

      <Devices />

      <Section title={t('settings.network')}>
        <Toggle
          name={t('settings.discovery')}
          help={t('settings.discovery-help')}
          checked={settings.discovery}
          onChange={(discovery) => change({ discovery })}
        />
        <Toggle
          name={t('settings.announce')}
          help={t('settings.announce-help')}
          checked={settings.announceName === true}
          onChange={(announceName) => change({ announceName })}
        />
        <Row name={t('settings.port')} help={t('settings.port-help')}>
          {(labelId, helpId) => (
            <Commit
              labelledBy={labelId}
              describedBy={helpId}
              value={settings.relayPort}
              inputMode="numeric"
              maxLength={PORT_DIGITS}
              narrow
              parse={portOf}
              wrong={t('settings.port-wrong')}
              onCommit={(relayPort) => change({ relayPort })}
            />
          )}
        </Row>
      </Section>

      <Relays settings={settings} onChange={change} />

      <Section title={t('settings.window')}>
        <Toggle
          name={t('settings.tray')}
          help={t('settings.tray-help')}
          checked={settings.closeToTray}
          onChange={(closeToTray) => change({ closeToTray })}
        />
      </Section>

      <BackupSettings />

      <About />
    </div>
  );
}

function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= MAX_PORT ? port : null;
}
