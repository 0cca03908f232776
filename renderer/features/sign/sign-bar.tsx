// Owns the bar that is always on top while somebody watches: who, since when, and the ways to end it.
import { ChevronRight, MousePointer2, MousePointer2Off, Unplug } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import './sign-bar.css';

export function SignBar() {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useActions();
  const act = useAct();
  const viewers = useApp((app) => app.share.viewers);
  const [place, setPlace] = useState(0);
  const viewer = viewers[place % Math.max(1, viewers.length)];
  if (!viewer) return <div className="sign" />;
  const name = viewer.name || viewer.address;
  const others = viewers.length - 1;
  const mayControl = viewer.permissions.includes('control');
  return (
    <section className="sign" aria-label={t('sign.title')}>
      <StateDot tone="live" />
      <p className="sign-text" role="status">
        <span className="sign-who">
          <span className="clip" title={name}>
            {t('sign.by', { name })}
          </span>
          {others > 0 && <span className="sign-others">{t('sign.others', { count: others })}</span>}
        </span>
        <span className="sign-detail clip">
          {t(mayControl ? 'sign.control' : 'sign.view', { clock: format.clock(viewer.sinceMs) })}
        </span>
      </p>
      {others > 0 && (
        <button
          type="button"
          className="icon-button"
          data-size="s"
          aria-label={t('sign.next')}
          title={t('sign.next')}
          onClick={() => setPlace((place + 1) % viewers.length)}
        >
          <ChevronRight />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        data-size="s"
        aria-label={t('sign.may-control', { name })}
        title={t('sign.may-control', { name })}
        aria-pressed={mayControl}
        onClick={() => void act(actions.setViewerPermission(viewer, 'control', !mayControl))}
      >
        {mayControl ? <MousePointer2 /> : <MousePointer2Off />}
      </button>
      <button
        type="button"
        className="icon-button"
        data-size="s"
        data-tone="danger"
        aria-label={t('host.viewers.disconnect', { name })}
        title={t('host.viewers.disconnect', { name })}
        onClick={() => void act(actions.disconnectViewer(viewer.id))}
      >
        <Unplug />
      </button>
      <Button size="s" variant="danger" onClick={() => void act(actions.stopSharing())}>
        {t('sign.stop')}
      </Button>
    </section>
  );
}
