// Owns the notices that the home window shows until they are dismissed: one of a kind at a time.
import type { Notice, NoticeKind } from '../../shared/ipc/state.ts';
import type { AppStateStore } from './app-state.ts';

/** Adds a notice; it replaces an earlier one of its kind. */
export function addNotice(store: Pick<AppStateStore, 'update'>, kind: NoticeKind, detail: string): void {
  const notice: Notice = { id: kind, kind, detail };
  store.update('notices', (notices) => [...notices.filter((other) => other.kind !== kind), notice]);
}
