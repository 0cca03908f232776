// Owns the switch "Share this screen", and the warning before the very first time.
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ShareState } from '../../../shared/ipc/state.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { StateDot } from '../../ui/state-dot.tsx';
import { Switch } from '../../ui/switch.tsx';
import { FirstShare } from './first-share.tsx';

export function ShareSwitch({ share }: { share: ShareState }) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const id = useId();
  const isFirst = useApp((app) => app.settings.announceName === null);
  const [asking, setAsking] = useState(false);
  const on = share.phase === 'on' || share.phase === 'starting';
  const plainViewers = useApp(({ plainShare }) => (plainShare.phase === 'showing' ? plainShare.viewers : 0));
  const watching = share.viewers.length + plainViewers;
  const watched = share.phase === 'on' && watching > 0;

  const change = (wanted: boolean) => {
    if (!wanted) void act(actions.stopSharing());
    else if (isFirst) setAsking(true);
    else void act(actions.startSharing());
  };

  return (
    <div className="share-switch" data-phase={share.phase} data-watched={watched ? '' : undefined}>
      <div className="share-switch-row">
        <span className="share-switch-name" id={`${id}-name`}>
          {t('host.share')}
        </span>
        <Switch
          size="l"
          labelledBy={`${id}-name`}
          describedBy={`${id}-state`}
          checked={on}
          onChange={change}
          disabled={share.phase === 'stopping'}
        />
      </div>
      <p className="share-switch-state" id={`${id}-state`} role="status">
        {watched ? <StateDot tone="live" /> : <StateDot tone={share.phase === 'on' ? 'on' : 'unknown'} />}
        {watched ? t('host.watching', { count: watching }) : t(`host.phase.${share.phase}`)}
      </p>
      <FirstShare
        open={asking}
        onClose={() => setAsking(false)}
        onAgreed={async (announceName) => {
          setAsking(false);
          if (await act(actions.updateSettings({ announceName }))) await act(actions.startSharing());
        }}
      />
    </div>
  );
}
