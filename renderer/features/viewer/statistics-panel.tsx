// Owns the statistics of a session: what is painted, how old it is and why, and what the link does.
import { X } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LATENCY_STAGES } from '../../../shared/ipc/statistics.ts';
import { CopyButton } from '../../feedback/copy-button.tsx';
import { NO_VALUE } from '../../i18n/format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { PictureStatistics } from '../../media/picture-painter.ts';
import { sessionStatistics } from '../../media/session-statistics.ts';
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
    [t('stats.exact'), t(picture.exact ? 'stats.pixels-exact' : 'stats.pixels-refining')],
    [t('stats.codec'), picture.codec?.toUpperCase() ?? NO_VALUE],
    [t('stats.resolution'), `${picture.widthPx} × ${picture.heightPx}`],
    [t('stats.round-trip'), format.milliseconds(link?.roundTripMs ?? null)],
    [t('stats.dropped'), format.number(picture.droppedFrames)],
    [t('stats.lost'), link ? format.number(link.lostFrames) : NO_VALUE],
    [t('stats.received'), link ? format.bytes(link.receivedBytes) : NO_VALUE],
  ] as const;
  return (
    <aside className="statistics" aria-label={t('stats.title')}>
      <header className="statistics-head">
        <h2>{t('stats.title')}</h2>
        <span className="statistics-tools">
          <CopyButton
            label={t('stats.copy')}
            text={() => JSON.stringify(sessionStatistics(picture, link, Date.now()), null, 2)}
          />
          <IconButton size="s" label={t('stats.close')} icon={<X />} onClick={onClose} />
        </span>
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
      <LatencyTable picture={picture} />
    </aside>
  );
}

/** The age of the picture by its stages, of the last ten seconds. */
function LatencyTable({ picture }: { picture: PictureStatistics }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { stages, inputToPhoton } = picture.latency;
  const shown = (valueMs: number | null) => (valueMs === null ? NO_VALUE : format.number(valueMs, 1));
  const rows = [
    ...LATENCY_STAGES.map((stage) => ({ id: stage, name: t(`stats.stage.${stage}`), of: stages[stage], total: false })),
    { id: 'age', name: t('stats.total'), of: picture.age, total: true },
    { id: 'input-to-photon', name: t('stats.input-to-photon'), of: inputToPhoton, total: true },
  ];
  return (
    <table className="statistics-latency">
      <caption>{t('stats.latency')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('stats.unit')}</th>
          <th scope="col">{t('stats.p50')}</th>
          <th scope="col">{t('stats.p95')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, name, of, total }) => (
          <tr key={id} data-total={total ? '' : undefined}>
            <th scope="row">{name}</th>
            <td className="number">{shown(of.p50Ms)}</td>
            <td className="number">{shown(of.p95Ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
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
