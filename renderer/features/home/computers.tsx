// Owns "Computers": everything one can connect to, found, saved or typed.
import { LockOpen, RefreshCw, Search } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { AddressForm } from './address-form.tsx';
import './computers.css';
import { ConnectDialog } from './connect-dialog.tsx';
import type { ConnectTarget } from './connect-target.ts';
import { visibleHosts } from './host-filter.ts';
import { HostRow } from './host-row.tsx';
import { NoHosts, NothingFound } from './no-hosts.tsx';
import { Notices } from './notices.tsx';
import { OpenSessions } from './open-sessions.tsx';
import { PlainDialog } from './plain-dialog.tsx';
import { SaveDialog, type SaveTarget } from './save-dialog.tsx';

const RESCAN_SHOWN_MS = 3_000;

export function Computers() {
  const { t } = useTranslation();
  const hosts = useApp((app) => app.hosts);
  const actions = useActions();
  const act = useAct();
  const [search, setSearch] = useState('');
  const [scanning, setScanning] = useState(false);
  const [target, setTarget] = useState<ConnectTarget | null>(null);
  const [plain, setPlain] = useState(false);
  const [saving, setSaving] = useState<SaveTarget | null>(null);
  const shown = useMemo(() => visibleHosts(hosts, search), [hosts, search]);

  const closePlain = useCallback(() => setPlain(false), []);

  const prompt = useApp((app) => app.connectPrompt);
  useEffect(() => {
    if (!prompt) return;
    setTarget({ address: prompt.address, name: '', viewOnly: false });
    void actions.dismissConnectPrompt().catch(() => undefined);
  }, [prompt, actions]);

  const rescan = async () => {
    setScanning(true);
    await act(actions.rescan());
    setTimeout(() => setScanning(false), RESCAN_SHOWN_MS);
  };

  return (
    <section className="computers" aria-labelledby="computers-title">
      <Notices />
      <header className="computers-head">
        <h1 id="computers-title">{t('home.title')}</h1>
        <TextField
          className="computers-search"
          label={t('home.search')}
          labelHidden
          type="search"
          placeholder={t('home.search')}
          icon={<Search aria-hidden="true" />}
          value={search}
          onChange={setSearch}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setSearch('');
          }}
        />
        <IconButton
          className={scanning ? 'turning' : ''}
          label={t(scanning ? 'home.scanning' : 'home.rescan')}
          icon={<RefreshCw />}
          disabled={scanning}
          onClick={() => void rescan()}
        />
        <IconButton label={t('plain.open')} icon={<LockOpen />} onClick={() => setPlain(true)} />
      </header>
      <AddressForm onConnect={(address) => setTarget({ address, name: '', viewOnly: false })} />
      <div className="computers-list">
        <OpenSessions />
        {hosts.length === 0 ? (
          <NoHosts />
        ) : shown.length === 0 ? (
          <NothingFound search={search} />
        ) : (
          <ul className="hosts" aria-label={t('home.title')}>
            {shown.map((host) => (
              <HostRow
                key={host.key}
                host={host}
                onConnect={(viewOnly) =>
                  setTarget({ address: host.address, name: host.name, viewOnly, paired: host.paired })
                }
                onSave={() => setSaving({ address: host.address, name: host.name })}
              />
            ))}
          </ul>
        )}
      </div>
      <ConnectDialog target={target} onClose={() => setTarget(null)} />
      <PlainDialog open={plain} onClose={closePlain} />
      <SaveDialog target={saving} onClose={() => setSaving(null)} />
    </section>
  );
}
