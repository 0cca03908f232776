// Owns what this installation is: its identity in words, where its keys lie, its versions, its log.
import { FolderOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Words } from '../../ui/words.tsx';
import { Row, Section } from './setting-rows.tsx';

export function About() {
  const { t } = useTranslation();
  const info = useApp((app) => app.info);
  const actions = useActions();
  const act = useAct();
  return (
    <Section title={t('settings.about')}>
      <div className="setting setting-tall">
        <div>
          <p className="option-name">{t('settings.fingerprint')}</p>
          <p className="option-help">{t('settings.fingerprint-help')}</p>
        </div>
        <Words words={info.fingerprint} label={t('settings.fingerprint')} />
        <p className="option-help" data-warning={info.keyStore ? undefined : ''}>
          {t(info.keyStore ? 'settings.keys-stored' : 'settings.keys-file')}
        </p>
      </div>
      <Row name={t('settings.version', { version: info.version })} help={t('settings.built-on', { ...info })}>
        {() => (
          <Button icon={<FolderOpen />} onClick={() => void act(actions.openLogFolder())}>
            {t('settings.logs')}
          </Button>
        )}
      </Row>
    </Section>
  );
}
