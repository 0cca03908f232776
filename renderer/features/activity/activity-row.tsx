// Owns one entry of the activity log: a sentence, and behind it all that is known.
import {
  ChevronDown,
  CircleSlash,
  FileDown,
  FileUp,
  KeyRound,
  Link2,
  Link2Off,
  Lock,
  LockOpen,
  type LucideIcon,
  MonitorUp,
  MonitorX,
  RotateCw,
  ScrollText,
  ShieldAlert,
  SlidersHorizontal,
  Unplug,
  UserRound,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActivityEntry, ActivityKind } from '../../../shared/model/activity.ts';
import { errorText } from '../../i18n/error-text.ts';
import { useFormat } from '../../i18n/use-format.ts';

const LOOKS: Readonly<Record<ActivityKind, { Icon: LucideIcon; tone: 'plain' | 'live' | 'warning' | 'danger' }>> = {
  'share-started': { Icon: MonitorUp, tone: 'plain' },
  'share-stopped': { Icon: MonitorX, tone: 'plain' },
  'viewer-joined': { Icon: UserRound, tone: 'live' },
  'viewer-resumed': { Icon: RotateCw, tone: 'live' },
  'viewer-lost': { Icon: Unplug, tone: 'plain' },
  'viewer-permissions': { Icon: SlidersHorizontal, tone: 'live' },
  'viewer-left': { Icon: UserRound, tone: 'plain' },
  'viewer-refused': { Icon: CircleSlash, tone: 'warning' },
  'locked-out': { Icon: Lock, tone: 'danger' },
  'plain-started': { Icon: LockOpen, tone: 'danger' },
  'plain-stopped': { Icon: LockOpen, tone: 'plain' },
  'session-started': { Icon: Link2, tone: 'plain' },
  'session-resumed': { Icon: RotateCw, tone: 'plain' },
  'session-lost': { Icon: Unplug, tone: 'plain' },
  'session-permissions': { Icon: SlidersHorizontal, tone: 'plain' },
  'session-ended': { Icon: Link2Off, tone: 'plain' },
  'session-failed': { Icon: CircleSlash, tone: 'warning' },
  'file-received': { Icon: FileDown, tone: 'plain' },
  'file-sent': { Icon: FileUp, tone: 'plain' },
  'identity-exported': { Icon: KeyRound, tone: 'warning' },
  'identity-imported': { Icon: KeyRound, tone: 'warning' },
  'log-exported': { Icon: ScrollText, tone: 'plain' },
  'log-recovered': { Icon: ShieldAlert, tone: 'danger' },
  'entries-skipped': { Icon: ShieldAlert, tone: 'warning' },
};

export function ActivityRow({ entry }: { entry: ActivityEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { kind, name, address, authentication, permissions, durationMs, reason, file, count, problem } = entry;
  const { Icon, tone } = LOOKS[kind];
  const who = name || address || t('activity.somebody');
  const reasonTitle = reason && errorText(t, reason).title;
  const mayDo = permissions?.map((permission) => t(`may.${permission}`)).join(', ');
  const short = [
    name && address,
    authentication && t(`activity.authentication.${authentication}`),
    kind.endsWith('-permissions') && mayDo,
    durationMs !== undefined && format.duration(durationMs),
    reasonTitle,
    problem && t(`activity.problem.${problem}`),
    file?.name,
  ].filter(Boolean);
  const details: [key: string, value: ReactNode][] = [
    [t('activity.detail.address'), address],
    [t('activity.detail.system'), entry.system],
    [t('activity.detail.fingerprint'), entry.fingerprint],
    [t('activity.detail.authentication'), authentication && t(`activity.authentication.${authentication}`)],
    [t('activity.detail.permissions'), mayDo],
    [t('activity.detail.duration'), durationMs !== undefined && format.duration(durationMs)],
    [t('activity.detail.reason'), reasonTitle],
    [t('activity.detail.file'), file && `${file.name} (${format.bytes(file.sizeBytes)}), SHA-256 ${file.sha256}`],
    [t('activity.detail.session'), entry.session],
    [t('activity.detail.number'), format.number(entry.seq)],
  ];
  return (
    <details className="activity-row">
      <summary>
        <span className="activity-icon" data-tone={tone}>
          <Icon aria-hidden="true" />
        </span>
        <span className="activity-text">
          <span className="activity-what clip">{t(`activity.kind.${kind}`, { name: who, count: count ?? 0 })}</span>
          {short.length > 0 && <span className="activity-short clip">{short.join(' · ')}</span>}
        </span>
        <time className="activity-time number" dateTime={entry.time}>
          {format.clock(Date.parse(entry.time))}
        </time>
        <ChevronDown aria-hidden="true" className="activity-chevron" />
      </summary>
      <dl className="activity-details">
        {details.map(([key, value]) =>
          value ? (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </details>
  );
}
