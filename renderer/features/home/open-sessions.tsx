// Owns the sessions of ours that are going on, above the list.
import { LockOpen, MonitorUp, Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useApp, useNow } from '../../store/use-app.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { hostTitle } from './host-filter.ts';

export function OpenSessions() {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useActions();
  const act = useAct();
  const nowMs = useNow(10_000);
  const open = useApp(
    useShallow((app) => app.connections.filter(({ phase }) => phase === 'active' || phase === 'reconnecting')),
  );
  if (open.length === 0) return null;
  return (
    <section className="open-sessions">
      <h3>{t('home.open.title')}</h3>
      <ul className="hosts">
        {open.map((connection) => {
          const name = hostTitle(connection);
          return (
            <li key={connection.id} className="host open-session">
              <span className="host-icon">
                <MonitorUp aria-hidden="true" />
              </span>
              <span className="host-text">
                <span className="host-name clip" title={name}>
                  {name}
                </span>
                <span className="host-detail clip">
                  {t('home.open.since', { duration: format.duration(nowMs - connection.startedAtMs) })}
                </span>
              </span>
              <span className="host-state">
                {!connection.encrypted && (
                  <Badge tone="danger" icon={<LockOpen aria-hidden="true" />}>
                    {t('plain.badge')}
                  </Badge>
                )}
                {connection.phase === 'reconnecting' ? (
                  <Badge tone="warning">{t('viewer.chip.reconnecting')}</Badge>
                ) : (
                  <Badge tone="success">{t('home.open.connected')}</Badge>
                )}
              </span>
              <IconButton
                size="s"
                tone="danger"
                label={t('home.open.end', { name })}
                icon={<Unplug />}
                onClick={() => void act(actions.closeConnection(connection.id))}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
