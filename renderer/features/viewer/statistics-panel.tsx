// Owns the statistics of a session: what is painted, how old it is, and what the link does.
import { X } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NO_VALUE } from '../../i18n/format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { Graph } from '../../ui/graph.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import type { RemoteScreenHandle } from './remote-screen.tsx';
import './statistics-panel.css';

const REFRESH_MS = 500;

export interface StatisticsPanelProps {
  screen: RefObject<RemoteScreenHandle | null>;
  onClose: () => void;
}

export function StatisticsPanel({ screen, onClose }: StatisticsPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  useRefresh();
  const picture = screen.current?.statistics();
  const link = screen.current?.link() ?? null;
  if (!picture) return null;
  const { history } = picture;
  const rows = [
    [t('stats.codec'), picture.codec?.toUpperCase() ?? NO_VALUE],
    [t('stats.resolution'), `${picture.widthPx} × ${picture.heightPx}`],
    [t('stats.round-trip'), format.milliseconds(link?.roundTripMs ?? null)],
    [t('stats.age-p50'), format.milliseconds(picture.ageP50Ms)],
    [t('stats.age-p95'), format.milliseconds(picture.ageP95Ms)],
    [t('stats.decode'), format.milliseconds(picture.decodeMs)],
    [t('stats.paint'), format.milliseconds(picture.paintMs)],
    [t('stats.dropped'), format.number(picture.droppedFrames)],
    [t('stats.lost'), link ? format.number(link.lostFrames) : NO_VALUE],
    [t('stats.received'), link ? format.bytes(link.receivedBytes) : NO_VALUE],
    [t('stats.exact'), t(picture.exact ? 'stats.yes' : 'stats.no')],
  ] as const;
  return (
    <aside className="statistics" aria-label={t('stats.title')}>
      <header className="statistics-head">
        <h2>{t('stats.title')}</h2>
        <IconButton size="s" label={t('stats.close')} icon={<X />} onClick={onClose} />
      </header>
      <Graph
        label={t('stats.fps')}
        current={format.number(picture.framesPerSecond)}
        values={history.framesPerSecond}
        minimumTop={10}
      />
      <Graph
        label={t('stats.bitrate')}
        current={format.bitRate(link?.receivedBitsPerSecond ?? history.bitsPerSecond.at(-1) ?? 0)}
        values={history.bitsPerSecond}
        minimumTop={100_000}
      />
      <Graph
        label={t('stats.age')}
        current={format.milliseconds(history.ageMs.at(-1) ?? null)}
        values={history.ageMs}
        minimumTop={40}
      />
      <dl className="statistics-rows">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="number">{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

/** Draws anew twice a second: the figures are read, not told. */
function useRefresh(): void {
  const [, count] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => count((times) => times + 1), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
}
