// Owns the switch by which viewers of protocol v1 can reach this computer, without encryption. It is off at every start.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import './plain-share.css';
import { PlainShareDialog } from './plain-share-dialog.tsx';
import { Toggle } from './setting-rows.tsx';

export function PlainShare() {
  const { t } = useTranslation();
  const { wanted, relay, hostId } = useApp((app) => app.plainShare);
  const actions = useActions();
  const act = useAct();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Toggle
        name={t('plain-share.setting')}
        help={wanted ? t('plain-share.setting-on', { relay, name: hostId }) : t('plain-share.setting-help')}
        warns
        checked={wanted}
        onChange={(on) => {
          if (on) setAsking(true);
          else void act(actions.stopPlainShare());
        }}
      />
      <PlainShareDialog open={asking} onClose={() => setAsking(false)} />
    </>
  );
}
