// Owns the settings of unattended access: the permanent password, whether it opens anything, and who is asked.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsPatch } from '../../../shared/model/settings.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useApp, useNow } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Row, Section, Toggle } from './setting-rows.tsx';

export function Unattended() {
  const { t } = useTranslation();
  const settings = useApp((app) => app.settings);
  const { isSet, fromFile, secondFactor } = useApp((app) => app.password);
  const actions = useActions();
  const act = useAct();
  const [asking, setAsking] = useState(false);
  const change = (patch: SettingsPatch) => void act(actions.updateSettings(patch));
  return (
    <Section title={t('unattended.title')}>
      <Row name={t('unattended.password')} help={t(fromFile ? 'unattended.from-file' : 'unattended.password-help')}>
        {() =>
          fromFile ? null : (
            <div className="setting-buttons">
              {isSet && <Button onClick={() => void act(actions.removePassword())}>{t('unattended.remove')}</Button>}
              <Button onClick={() => setAsking(true)}>{t(isSet ? 'unattended.change' : 'unattended.set')}</Button>
            </div>
          )
        }
      </Row>
      <WrongGuesses />
      {(isSet || fromFile || secondFactor) && <SecondFactor />}
      {isSet && !fromFile && (
        <>
          <Toggle
            name={t('unattended.on')}
            help={t('unattended.on-help')}
            checked={settings.unattendedAccess}
            onChange={(unattendedAccess) => change({ unattendedAccess })}
          />
          <Toggle
            name={t('unattended.ask')}
            help={t('unattended.ask-help')}
            checked={settings.passwordAsksUser}
            onChange={(passwordAsksUser) => change({ passwordAsksUser })}
          />
        </>
      )}
      <PasswordDialog
        open={asking}
        isChange={isSet}
        onClose={() => setAsking(false)}
        onSet={() => {
          setAsking(false);
          // whoever sets the first one wants it to work
          if (!isSet) change({ unattendedAccess: true });
        }}
      />
    </Section>
  );
}

/** What somebody has tried from outside, and the only place where it is forgiven. */
function WrongGuesses() {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useActions();
  const act = useAct();
  const { wrongGuesses, waitUntilMs, isStopped } = useApp((app) => app.password);
  const nowMs = useNow(1_000, waitUntilMs > 0);
  if (wrongGuesses === 0) return null;
  const leftMs = waitUntilMs - nowMs;
  return (
    <div className="setting-note">
      <Callout
        tone={isStopped ? 'danger' : 'warning'}
        title={t('unattended.guesses', { count: wrongGuesses })}
        actions={
          <Button size="s" onClick={() => void act(actions.confirmGuesses())}>
            {t(isStopped ? 'unattended.unblock' : 'unattended.confirm')}
          </Button>
        }
      >
        <p>
          {isStopped
            ? t('unattended.stopped')
            : leftMs > 0
              ? t('unattended.waiting', { left: format.countdown(leftMs) })
              : t('unattended.watching')}
        </p>
      </Callout>
    </div>
  );
}
