// Owns saying that this computer can be reached without encryption, who watches that way, and the ways to end it.
import { LockOpen, Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { PlainShareState } from '../../../shared/ipc/state.ts';
import { useAct } from '../../feedback/use-act.ts';
import { errorText } from '../../i18n/error-text.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useApp, useNow } from '../../store/use-app.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segmented } from '../../ui/segmented.tsx';

export function PlainShareCard() {
  const { t } = useTranslation();
  const plain = useApp((app) => app.plainShare);
  const sharing = useApp((app) => app.share.phase === 'on');
  const actions = useActions();
  const act = useAct();
  if (!plain.wanted) return null;
  const problem = plain.error ? errorText(t, plain.error.reason) : null;
  return (
    <article className="viewer plain-card" aria-label={t('plain-share.card')}>
      <header className="viewer-head">
        <div className="viewer-who">
          <Badge tone="danger" icon={<LockOpen aria-hidden="true" />}>
            {t('plain.badge')}
          </Badge>
          <p className="viewer-name">
            {sharing ? t(stateText(plain), { count: plain.viewers }) : t('plain-share.armed')}
          </p>
          <p className="viewer-detail clip" title={`${plain.relay} · ${plain.hostId}`}>
            {plain.relay} · {plain.hostId}
          </p>
          {plain.sinceMs !== null && <Since sinceMs={plain.sinceMs} />}
        </div>
        {plain.phase === 'showing' && (
          <IconButton
            size="s"
            tone="danger"
            label={t('plain-share.send-away')}
            icon={<Unplug />}
            onClick={() => void act(actions.sendPlainAway())}
          />
        )}
      </header>
      {problem && (
        <p className="block-note">
          {problem.title}. {problem.help}
        </p>
      )}
      <p className="block-note">{t('plain-share.reminder')}</p>
      <div className="viewer-foot">
        {plain.phase === 'showing' && (
          <Segmented
            label={t('plain-share.may')}
            value={plain.control ? 'control' : 'view'}
            options={[
              { value: 'control', label: t('permission.control') },
              { value: 'view', label: t('permission.view') },
            ]}
            onChange={(chosen) => void act(actions.setPlainControl(chosen === 'control'))}
          />
        )}
        <Button size="s" onClick={() => void act(actions.stopPlainShare())}>
          {t('plain-share.stop')}
        </Button>
      </div>
    </article>
  );
}

function Since({ sinceMs }: { sinceMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(10_000);
  return (
    <p className="viewer-detail number">
      {t('host.viewers.since', { clock: format.clock(sinceMs), duration: format.duration(nowMs - sinceMs) })}
    </p>
  );
}

function stateText({ phase }: PlainShareState) {
  switch (phase) {
    case 'showing':
      return 'plain-share.watching';
    case 'asking':
      return 'plain-share.asking';
    case 'refused':
      return 'plain-share.refused';
    case 'waiting':
      return 'plain-share.waiting';
    case 'failed':
      return 'plain-share.failed';
    case 'off':
    case 'connecting':
      return 'plain-share.connecting';
  }
}
