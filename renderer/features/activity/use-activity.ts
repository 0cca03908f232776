// Owns the entries that the activity screen has so far: pages of what is searched for, and what is written meanwhile.
import { useCallback, useEffect, useRef, useState } from 'react';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { ActivityEntry, ActivityGroup, ActivityPage } from '../../../shared/model/activity.ts';
import { useActions, useBridgeEvent } from '../../store/use-app.ts';

export interface ActivityList {
  status: 'loading' | 'ready' | 'failed';
  /** Newest first. */
  entries: readonly ActivityEntry[];
  /** Older ones; null when there are none. */
  more: (() => void) | null;
  error: TarnetError | null;
  /** Reads again from the newest on. */
  again: () => void;
}

interface Shown {
  status: ActivityList['status'];
  entries: readonly ActivityEntry[];
  next: number | null;
  error: TarnetError | null;
}

const NOTHING: Shown = { status: 'loading', entries: [], next: null, error: null };

export function useActivity(search: string, group: ActivityGroup): ActivityList {
  const actions = useActions();
  const [shown, setShown] = useState<Shown>(NOTHING);
  /** Answers to what was searched for before are dropped. */
  const question = useRef(0);

  const ask = useCallback(
    (before: number | null, take: (page: ActivityPage, shown: Shown) => Shown) => {
      const mine = question.current;
      actions.searchActivity({ search, group, before }).then(
        (page) => {
          if (mine === question.current) setShown((now) => take(page, now));
        },
        (error: unknown) => {
          if (mine === question.current)
            setShown((now) => ({ ...now, status: 'failed', error: TarnetError.from(error) }));
        },
      );
    },
    [actions, search, group],
  );

  const again = useCallback(() => {
    question.current += 1;
    ask(null, ({ entries, next }) => ({ status: 'ready', entries, next, error: null }));
  }, [ask]);
  useEffect(again, [again]);

  // What is new goes before what is shown, which stays: its reader may be far down.
  const onWritten = useCallback(
    () =>
      ask(null, (page, now) => {
        const newest = now.entries[0]?.seq ?? 0;
        const fresh = page.entries.filter(({ seq }) => seq > newest);
        const joins = page.next === null || fresh.length < page.entries.length;
        if (now.status !== 'ready' || !joins) return { status: 'ready', ...page, error: null };
        return { ...now, entries: [...fresh, ...now.entries] };
      }),
    [ask],
  );
  useBridgeEvent('activity.written', onWritten);

  const { next } = shown;
  const more =
    next === null
      ? null
      : () =>
          ask(next, (page, now) => ({
            ...now,
            status: 'ready',
            entries: [...now.entries, ...page.entries],
            next: page.next,
          }));
  return { status: shown.status, entries: shown.entries, error: shown.error, more, again };
}
