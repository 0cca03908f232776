// Owns the bar that is always on top while somebody watches: who, since when, and the ways to end it.
import { ChevronRight, LockOpen, MousePointer2, MousePointer2Off, Unplug } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import './sign-bar.css';

/** One who watches, or all who watch without encryption: they cannot be told apart. */
interface Watching {
  text: string;
  title: string;
  sinceMs: number;
  mayControl: boolean;
  controlLabel: string;
  endLabel: string;
  setControl: (control: boolean) => Promise<void>;
  end: () => Promise<void>;
}

export function SignBar() {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useActions();
  const act = useAct();
  const watching = useWatching();
  const unencrypted = useApp(({ plainShare }) => plainShare.wanted);
  const [place, setPlace] = useState(0);
  const shown = watching[place % Math.max(1, watching.length)];
  if (!shown) return <div className="sign" />;
  const others = watching.length - 1;
  return (
    <section className="sign" aria-label={t('sign.title')}>
      <StateDot tone="live" />
      <p className="sign-text" role="status">
        <span className="sign-who">
          <span className="clip" title={shown.title}>
            {shown.text}
          </span>
          {others > 0 && <span className="sign-others">{t('sign.others', { count: others })}</span>}
        </span>
        <span className="sign-detail clip">
          {t(shown.mayControl ? 'sign.control' : 'sign.view', { clock: format.clock(shown.sinceMs) })}
        </span>
      </p>
      {unencrypted && (
        <Badge tone="danger" icon={<LockOpen aria-hidden="true" />}>
          {t('plain.badge')}
        </Badge>
      )}
      {others > 0 && (
        <button
          type="button"
          className="icon-button"
          data-size="s"
          aria-label={t('sign.next')}
          title={t('sign.next')}
          onClick={() => setPlace((place + 1) % watching.length)}
        >
          <ChevronRight />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        data-size="s"
        aria-label={shown.controlLabel}
        title={shown.controlLabel}
        aria-pressed={shown.mayControl}
        onClick={() => void act(shown.setControl(!shown.mayControl))}
      >
        {shown.mayControl ? <MousePointer2 /> : <MousePointer2Off />}
      </button>
      <button
        type="button"
        className="icon-button"
        data-size="s"
        data-tone="danger"
        aria-label={shown.endLabel}
        title={shown.endLabel}
        onClick={() => void act(shown.end())}
      >
        <Unplug />
      </button>
      <Button size="s" variant="danger" onClick={() => void act(actions.stopSharing())}>
        {t('sign.stop')}
      </Button>
    </section>
  );
}

function useWatching(): Watching[] {
  const { t } = useTranslation();
  const actions = useActions();
  const viewers = useApp((app) => app.share.viewers);
  const plain = useApp((app) => app.plainShare);
  const known = viewers.map((viewer): Watching => {
    const name = viewer.name || viewer.address;
    return {
      text: t('sign.by', { name }),
      title: name,
      sinceMs: viewer.sinceMs,
      mayControl: viewer.permissions.includes('control'),
      controlLabel: t('sign.may-control', { name }),
      endLabel: t('host.viewers.disconnect', { name }),
      setControl: (control) => actions.setViewerPermission(viewer, 'control', control),
      end: () => actions.disconnectViewer(viewer.id),
    };
  });
  if (plain.phase !== 'showing' || plain.sinceMs === null) return known;
  const text = t('plain-share.sign', { count: plain.viewers });
  const unproved: Watching = {
    text,
    title: text,
    sinceMs: plain.sinceMs,
    mayControl: plain.control,
    controlLabel: t('plain-share.may'),
    endLabel: t('plain-share.send-away'),
    setControl: (control) => actions.setPlainControl(control),
    end: () => actions.sendPlainAway(),
  };
  // what is least known comes first
  return [unproved, ...known];
}
