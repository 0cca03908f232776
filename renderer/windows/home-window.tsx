// Owns the home window: this computer at the left, and at the right the other computers, what happened, or the settings.
import { History, MonitorSmartphone, Settings } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActivityView } from '../features/activity/activity-view.tsx';
import { ConsentCard } from '../features/consent/consent-card.tsx';
import { Computers } from '../features/home/computers.tsx';
import { HostPanel } from '../features/host/host-panel.tsx';
import { SettingsView } from '../features/settings/settings-view.tsx';
import { useApp } from '../store/use-app.ts';
import './home-window.css';

type Screen = 'computers' | 'activity' | 'settings';

const SCREENS: Readonly<Record<Screen, ReactNode>> = {
  computers: <Computers />,
  activity: <ActivityView />,
  settings: <SettingsView />,
};

export function HomeWindow() {
  const { t } = useTranslation();
  const [screen, setScreen] = useState<Screen>('computers');
  const name = useApp((app) => app.info.displayName);
  const [request] = useApp((app) => app.consentRequests);
  const tab = (value: Screen, label: string, icon: ReactNode) => (
    <button
      type="button"
      className="nav-item"
      aria-current={screen === value ? 'page' : undefined}
      onClick={() => setScreen(value)}
    >
      {icon}
      {label}
    </button>
  );
  return (
    <div className="home">
      <aside className="home-side">
        <header className="home-side-head">
          <p className="home-side-title">{t('host.title')}</p>
          <p className="home-side-name clip" title={name}>
            {name}
          </p>
        </header>
        <div className="home-side-body">
          <HostPanel consent={request ? <ConsentCard request={request} look="card" /> : null} />
        </div>
        <nav className="nav" aria-label={t('nav.label')}>
          {tab('computers', t('nav.computers'), <MonitorSmartphone aria-hidden="true" />)}
          {tab('activity', t('nav.activity'), <History aria-hidden="true" />)}
          {tab('settings', t('nav.settings'), <Settings aria-hidden="true" />)}
        </nav>
      </aside>
      <main className="home-main">{SCREENS[screen]}</main>
    </div>
  );
}
