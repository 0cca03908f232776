// Owns how this computer stands with the relays through which others reach it by its ID.
import { useTranslation } from 'react-i18next';
import type { RelayStandingView } from '../../../shared/ipc/state.ts';
import { relayName } from '../../../shared/model/relay-address.ts';
import { errorText } from '../../i18n/error-text.ts';
import { StateDot } from '../../ui/state-dot.tsx';

export function RelayStandings({ relays }: { relays: readonly RelayStandingView[] }) {
  const { t } = useTranslation();
  return (
    <div className="block">
      <h3>{t('host.relays.title')}</h3>
      <ul>
        {relays.map(({ url, online, error }) => {
          const problem = !online && error ? errorText(t, error.reason) : null;
          return (
            <li key={url} className="relay-standing">
              <span className="line-row">
                <StateDot tone={online ? 'on' : problem ? 'off' : 'unknown'} />
                <span className="clip line-value" title={url}>
                  {relayName(url)}
                </span>
                <span className="muted relay-standing-state">
                  {online ? t('host.relays.online') : (problem?.title ?? t('host.relays.connecting'))}
                </span>
              </span>
              {problem && <p className="block-note">{problem.help}</p>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
