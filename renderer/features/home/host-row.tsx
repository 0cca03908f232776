// Owns one computer in the list.
import { EllipsisVertical, Eye, MousePointer2, Pencil, Star, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { HostEntry } from '../../../shared/ipc/state.ts';
import { showHostPlace } from '../../../shared/model/host-place.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useNow } from '../../store/use-app.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { hostTitle } from './host-filter.ts';
import { SystemIcon } from './system-icon.tsx';

const STATE_TONES = { online: 'on', offline: 'off', unknown: 'unknown' } as const;

interface HostRowProps {
  host: HostEntry;
  onConnect: (viewOnly: boolean) => void;
  onSave: () => void;
}

export function HostRow({ host, onConnect, onSave }: HostRowProps) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const title = hostTitle(host);
  const place = showHostPlace(host.address);
  const saved = host.origins.includes('saved');
  const removable = saved || host.origins.includes('recent');
  const toggleSaved = () => void act(saved ? actions.forgetHost(host.key) : actions.saveHost(host.address, title));
  return (
    <li className="host" data-state={host.state}>
      <button type="button" className="host-open" onClick={() => onConnect(false)}>
        <span className="host-icon">
          <SystemIcon system={host.system} />
          <StateDot tone={STATE_TONES[host.state]} />
        </span>
        <span className="host-text">
          <span className="host-name clip" title={title}>
            {title}
          </span>
          <span className="host-detail clip">
            {[title === place ? '' : place, host.system].filter(Boolean).join(' · ')}
          </span>
        </span>
        <span className="host-state">
          {host.paired && <Badge tone="success">{t('home.paired')}</Badge>}
          {host.origins.includes('lan') && host.state === 'online' && <Badge tone="accent">{t('home.lan')}</Badge>}
          {host.origins.includes('relay') && <Badge>{t('home.by-id')}</Badge>}
          <HostSeen host={host} />
        </span>
      </button>
      <IconButton
        className="host-star"
        size="s"
        label={t(saved ? 'home.forget' : 'home.save', { name: title })}
        icon={<Star data-saved={saved ? '' : undefined} />}
        pressed={saved}
        onClick={toggleSaved}
      />
      <Menu
        align="end"
        trigger={
          <button type="button" className="icon-button" data-size="s" aria-label={t('home.more', { name: title })}>
            <EllipsisVertical />
          </button>
        }
      >
        <MenuItem icon={<MousePointer2 />} onSelect={() => onConnect(false)}>
          {t('home.connect')}
        </MenuItem>
        <MenuItem icon={<Eye />} onSelect={() => onConnect(true)}>
          {t('home.connect-view')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Pencil />} onSelect={onSave}>
          {t(saved ? 'home.rename' : 'home.save-as')}
        </MenuItem>
        {removable && (
          <MenuItem icon={<Trash2 />} tone="danger" onSelect={() => void act(actions.forgetHost(host.key))}>
            {t('home.forget-this')}
          </MenuItem>
        )}
      </Menu>
    </li>
  );
}

function HostSeen({ host }: { host: HostEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(30_000);
  if (host.state === 'online') return <span className="host-online">{t('home.online')}</span>;
  if (host.lastSeenMs === null) return <span>{t(`home.${host.state}`)}</span>;
  return <span>{t('home.seen', { ago: format.ago(nowMs - host.lastSeenMs) })}</span>;
}
