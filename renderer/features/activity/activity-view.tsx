// Owns the activity screen: what happened, found by words and kinds, checked, and taken along as a file.
import { Download, History, Search, SearchX, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  ACTIVITY_GROUPS,
  ACTIVITY_LIMITS,
  type ActivityEntry,
  type ActivityGroup,
  type ActivityVerification,
} from '../../../shared/model/activity.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Select } from '../../ui/select.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { ActivityCheck } from './activity-check.tsx';
import { ActivityRow } from './activity-row.tsx';
import './activity-view.css';
import { useActivity } from './use-activity.ts';

export function ActivityView() {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const toast = useToast();
  const [search, setSearch] = useState('');
  const [group, setGroup] = useState<ActivityGroup>('all');
  const [checking, setChecking] = useState(false);
  const [checked, setChecked] = useState<ActivityVerification | null>(null);
  const { status, entries, more, error, again } = useActivity(search, group);

  const check = async () => {
    setChecking(true);
    setChecked(null);
    await act(actions.verifyActivity().then(setChecked));
    setChecking(false);
  };
  const exportAs = (format: 'json' | 'csv') =>
    void act(
      actions.exportActivity({ format, search, group }).then((file) => {
        if (file !== null) toast({ title: t('activity.exported'), detail: file });
      }),
    );

  return (
    <section className="activity" aria-labelledby="activity-title">
      <header className="activity-head">
        <div>
          <h1 id="activity-title">{t('activity.title')}</h1>
          <p className="activity-intro">{t('activity.intro')}</p>
        </div>
        <Button
          className="activity-check"
          icon={<ShieldCheck />}
          busy={checking}
          title={t('activity.check-help')}
          onClick={() => void check()}
        >
          {t('activity.check')}
        </Button>
        <Menu align="end" trigger={<Button icon={<Download />}>{t('activity.export')}</Button>}>
          <MenuItem onSelect={() => exportAs('json')}>{t('activity.export-json')}</MenuItem>
          <MenuItem onSelect={() => exportAs('csv')}>{t('activity.export-csv')}</MenuItem>
        </Menu>
      </header>
      <div className="activity-tools">
        <TextField
          className="activity-search"
          label={t('activity.search')}
          labelHidden
          type="search"
          placeholder={t('activity.search')}
          icon={<Search aria-hidden="true" />}
          maxLength={ACTIVITY_LIMITS.maxSearchLength}
          value={search}
          onChange={setSearch}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setSearch('');
          }}
        />
        <Select
          label={t('activity.show')}
          value={group}
          options={ACTIVITY_GROUPS.map((value) => ({ value, label: t(`activity.group.${value}`) }))}
          onChange={setGroup}
        />
      </div>
      {checked && <ActivityCheck result={checked} onDismiss={() => setChecked(null)} />}
      {status === 'loading' && (
        <p className="activity-loading" role="status">
          <Spinner /> {t('activity.loading')}
        </p>
      )}
      {status === 'failed' && error && (
        <ErrorCallout reason={error.reason} actions={<Button onClick={again}>{t('common.try-again')}</Button>} />
      )}
      {status === 'ready' && entries.length === 0 && <NoEntries narrowed={search !== '' || group !== 'all'} />}
      <Days entries={entries} />
      {more && (
        <Button className="activity-more" onClick={more}>
          {t('activity.more')}
        </Button>
      )}
    </section>
  );
}

function NoEntries({ narrowed }: { narrowed: boolean }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={narrowed ? <SearchX aria-hidden="true" /> : <History aria-hidden="true" />}
      title={t(narrowed ? 'activity.nothing.title' : 'activity.empty.title')}
    >
      <p>{t(narrowed ? 'activity.nothing.help' : 'activity.empty.help')}</p>
    </EmptyState>
  );
}

/** The entries under the days on which they were written. */
function Days({ entries }: { entries: readonly ActivityEntry[] }) {
  const format = useFormat();
  const days = new Map<string, ActivityEntry[]>();
  for (const entry of entries) {
    const day = format.day(Date.parse(entry.time));
    const there = days.get(day);
    if (there) there.push(entry);
    else days.set(day, [entry]);
  }
  return [...days].map(([day, ofDay]) => (
    <section key={day} className="activity-day" aria-label={day}>
      <h3>{day}</h3>
      <ul className="activity-list">
        {ofDay.map((entry) => (
          <li key={entry.seq}>
            <ActivityRow entry={entry} />
          </li>
        ))}
      </ul>
    </section>
  ));
}
