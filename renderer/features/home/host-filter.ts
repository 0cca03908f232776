// Owns which hosts the list shows and in which order. Pure.
import type { HostEntry } from '../../../shared/ipc/state.ts';
import { showHostPlace } from '../../../shared/model/host-place.ts';

const STATE_ORDER = { online: 0, unknown: 1, offline: 2 } as const;

/** Lower case without diacritics, so that "jose" finds "José". */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Hosts in which every word of the search occurs, those that are there first, then by name. */
export function visibleHosts(hosts: readonly HostEntry[], search: string): HostEntry[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return hosts
    .filter((host) => {
      const text = plain(`${host.name} ${host.address} ${showHostPlace(host.address)} ${host.system}`);
      return words.every((word) => text.includes(word));
    })
    .toSorted(
      (a, b) =>
        STATE_ORDER[a.state] - STATE_ORDER[b.state] ||
        Number(b.origins.includes('saved')) - Number(a.origins.includes('saved')) ||
        hostTitle(a).localeCompare(hostTitle(b)),
    );
}

/** The name, or the ID or address of a host that does not tell its name. */
export function hostTitle(host: { name: string; address: string }): string {
  return showHostPlace(host.name.trim() || host.address);
}
