// Owns "This computer": sharing on and off, how others get in, what they see and who is there.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../store/use-app.ts';
import { AccessCode } from './access-code.tsx';
import { Addresses } from './addresses.tsx';
import './host-panel.css';
import { HostId } from './host-id.tsx';
import { PlainShareCard } from './plain-share-card.tsx';
import { RelayStandings } from './relay-standings.tsx';
import { ShareProblem } from './share-problem.tsx';
import { ShareSwitch } from './share-switch.tsx';
import { SourceChoice } from './source-choice.tsx';
import { UndisturbedNote } from './undisturbed-note.tsx';
import { ViewerList } from './viewer-list.tsx';

/** @param consent the question whether somebody may come in, while there is one */
export function HostPanel({ consent }: { consent: ReactNode }) {
  const { t } = useTranslation();
  const share = useApp((app) => app.share);
  const name = useApp((app) => app.info.displayName);
  const on = share.phase === 'on';
  return (
    <section className="host-panel" aria-label={t('host.title')}>
      <ShareSwitch share={share} />
      <ShareProblem share={share} />
      {on && <UndisturbedNote />}
      {consent}
      <PlainShareCard />
      {on && <ViewerList viewers={share.viewers} />}
      {on && <AccessCode share={share} />}
      {on && <Addresses addresses={share.addresses} port={share.port} />}
      {on && <SourceChoice source={share.source} />}
      {!on && <p className="muted host-explain">{t('host.explain', { name })}</p>}
      {share.hostId !== '' && <HostId hostId={share.hostId} />}
      {on && share.relays.length > 0 && <RelayStandings relays={share.relays} />}
    </section>
  );
}
