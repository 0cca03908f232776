// Owns one viewer as the host's user sees it: who, since when, what they may do, and the way to send them off.
import { ChevronDown, Link2, SlidersHorizontal, Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ViewerSummary } from '../../../shared/ipc/state.ts';
import { EXTRA_PERMISSIONS } from '../../../shared/model/permissions.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useNow } from '../../store/use-app.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, MenuCheck } from '../../ui/menu.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Words } from '../../ui/words.tsx';

export function ViewerCard({ viewer }: { viewer: ViewerSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useActions();
  const act = useAct();
  const nowMs = useNow(10_000);
  const name = viewer.name || viewer.address;
  const since = t('host.viewers.since', {
    clock: format.clock(viewer.sinceMs),
    duration: format.duration(nowMs - viewer.sinceMs),
  });
  return (
    <article className="viewer" aria-label={name}>
      <header className="viewer-head">
        <div className="viewer-who">
          <p className="viewer-name clip" title={name}>
            {name}
          </p>
          <p className="viewer-detail clip">
            {[viewer.system, viewer.address, t(`how.${viewer.how}`)].filter(Boolean).join(' · ')}
          </p>
          <p className="viewer-detail number">{since}</p>
        </div>
        {viewer.connected && viewer.pairing !== 'paired' && (
          <IconButton
            size="s"
            label={t('pairing.offer', { name })}
            icon={<Link2 />}
            disabled={viewer.pairing === 'asked' || viewer.pairing === 'offered'}
            onClick={() => void act(actions.offerPairing(viewer.id))}
          />
        )}
        <IconButton
          size="s"
          tone="danger"
          label={t('host.viewers.disconnect', { name })}
          icon={<Unplug />}
          onClick={() => void act(actions.disconnectViewer(viewer.id))}
        />
      </header>
      <div className="viewer-foot">
        <Segmented
          label={t('host.viewers.may', { name })}
          value={viewer.permissions.includes('control') ? 'control' : 'view'}
          options={[
            { value: 'control', label: t('permission.control') },
            { value: 'view', label: t('permission.view') },
          ]}
          onChange={(chosen) => void act(actions.setViewerPermission(viewer, 'control', chosen === 'control'))}
        />
        <Menu
          align="end"
          tooltip={t('host.viewers.permissions', { name })}
          trigger={
            <button type="button" className="icon-button" aria-label={t('host.viewers.permissions', { name })}>
              <SlidersHorizontal />
            </button>
          }
        >
          {(['view', ...EXTRA_PERMISSIONS] as const).map((permission) => (
            <MenuCheck
              key={permission}
              checked={viewer.permissions.includes(permission)}
              onChange={(allowed) => void act(actions.setViewerPermission(viewer, permission, allowed))}
            >
              {t(`may.${permission}`)}
            </MenuCheck>
          ))}
        </Menu>
        {viewer.pairing === 'paired' && <Badge tone="success">{t('pairing.paired')}</Badge>}
        {viewer.pairing === 'offered' && <Badge>{t('pairing.waiting')}</Badge>}
        {!viewer.connected && <Badge tone="warning">{t('host.viewers.lost')}</Badge>}
      </div>
      <details className="viewer-proof">
        <summary>
          {t('host.viewers.proof')}
          <ChevronDown aria-hidden="true" />
        </summary>
        <h3>{t('proof.sas')}</h3>
        <Words words={viewer.sas.split(' ')} label={t('proof.sas')} />
        <h3>{t('proof.fingerprint')}</h3>
        <Words words={viewer.fingerprint} size="s" label={t('proof.fingerprint')} />
      </details>
    </article>
  );
}
