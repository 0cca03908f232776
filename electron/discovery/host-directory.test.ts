import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { HostEntry } from '../../shared/ipc/state.ts';
import { type HostListFile, hostListSchema } from '../../shared/model/host-list.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { DIRECTORY_LIMITS, type FoundHost, HostDirectory } from './host-directory.ts';

const FOUND: FoundHost = { instance: '0a1b2c', address: '192.168.1.4', port: 8000, name: '', system: '' };

function makeDirectory(
  saved: HostListFile | null = null,
  reachable: (address: string) => boolean | null = () => false,
) {
  const clock = new FakeClock();
  const written: HostListFile[] = [];
  const lists: HostEntry[][] = [];
  const directory = new HostDirectory({
    clock,
    storage: { write: async (list) => void written.push(list) },
    isReachable: async (address) => reachable(address),
    isPaired: (address) => address.startsWith('10.'),
    onChange: (hosts) => lists.push(hosts),
  });
  directory.start(saved);
  return { clock, directory, written, lists, list: () => lists.at(-1)! };
}

describe('host directory', () => {
  it('lists a host that is heard, and drops it when it is not heard again', () => {
    const { clock, directory, list } = makeDirectory();
    directory.found(FOUND, false);
    expect(list()).toEqual([
      {
        key: 'lan:0a1b2c',
        name: 'TARNet-0a1b2c',
        address: '192.168.1.4',
        system: '',
        origins: ['lan'],
        state: 'online',
        lastSeenMs: null,
        paired: false,
      },
    ]);
    clock.advance(DIRECTORY_LIMITS.foundLifetimeMs - 1_000);
    directory.found(FOUND, false);
    clock.advance(DIRECTORY_LIMITS.foundLifetimeMs - 1_000);
    expect(list()).toHaveLength(1);
    clock.advance(DIRECTORY_LIMITS.sweepEveryMs + 2_000);
    expect(list()).toEqual([]);
  });

  it('drops a host at once when it says that it goes', () => {
    const { directory, list } = makeDirectory();
    directory.found(FOUND, true);
    directory.lost(FOUND.instance);
    expect(list()).toEqual([]);
  });

  it('keeps what multicast DNS found for as long as it answers: who is killed says no goodbye', async () => {
    let isThere = true;
    const { clock, directory, list } = makeDirectory(null, () => isThere);
    directory.found(FOUND, true);
    for (let times = 0; times < 3; times++) {
      clock.advance(DIRECTORY_LIMITS.foundLifetimeMs + DIRECTORY_LIMITS.sweepEveryMs);
      await directory.settled();
      expect(list()).toHaveLength(1);
    }
    isThere = false;
    clock.advance(DIRECTORY_LIMITS.foundLifetimeMs + DIRECTORY_LIMITS.sweepEveryMs);
    await directory.settled();
    expect(list()).toEqual([]);
  });

  it('tells of changes only, not of every time that a host is heard', () => {
    const { directory, lists } = makeDirectory();
    directory.found(FOUND, false);
    const told = lists.length;
    for (let times = 0; times < 5; times++) directory.found(FOUND, false);
    expect(lists).toHaveLength(told);
    directory.found({ ...FOUND, name: 'Desk' }, false);
    expect(lists).toHaveLength(told + 1);
  });

  it('does not let one machine fill the list', () => {
    const { directory, list } = makeDirectory();
    for (let index = 0; index < 50; index++)
      directory.found({ ...FOUND, instance: `a${index}`, port: 1 + index }, false);
    expect(list()).toHaveLength(DIRECTORY_LIMITS.maxFoundPerAddress);
    directory.found({ ...FOUND, address: '192.168.1.5' }, false);
    expect(list()).toHaveLength(DIRECTORY_LIMITS.maxFoundPerAddress + 1);
  });

  it('lists a host that is heard on several addresses once, not by loopback if it can be helped', () => {
    const { directory, list } = makeDirectory();
    directory.found({ ...FOUND, address: '127.0.0.1' }, false);
    directory.found({ ...FOUND, name: 'Desk', system: 'Linux' }, true);
    directory.found({ ...FOUND, address: '10.0.0.4' }, false);
    expect(list()).toMatchObject([{ address: '192.168.1.4', name: 'Desk', system: 'Linux' }]);
  });

  it('shows a saved host that is heard as one, under the name that its user gave it', async () => {
    const { directory, list } = makeDirectory();
    await directory.save('192.168.1.4:8000', 'My desk');
    directory.found({ ...FOUND, name: 'Desk' }, false);
    expect(list()).toMatchObject([
      { key: 'address:192.168.1.4', name: 'My desk', origins: ['lan', 'saved'], state: 'online' },
    ]);
  });

  it('asks saved hosts whether they are there, at the start and every now and then', async () => {
    let isThere = false;
    const saved: HostListFile = {
      version: 1,
      hosts: [{ address: 'desk:9000', name: 'Desk', system: '', saved: true, usedAtMs: null }],
    };
    const { clock, directory, list } = makeDirectory(saved, () => isThere);
    expect(list()[0]?.state).toBe('unknown');
    await directory.settled();
    expect(list()[0]?.state).toBe('offline');
    isThere = true;
    clock.advance(DIRECTORY_LIMITS.checkEveryMs);
    await directory.settled();
    expect(list()[0]?.state).toBe('online');
  });

  it('writes what it can read back, and forgets on request', async () => {
    const { directory, written, list } = makeDirectory();
    await directory.save('desk', 'Desk');
    await directory.noteConnected('lap:9000', 'Lap', 'Linux');
    expect(v.parse(hostListSchema, JSON.parse(JSON.stringify(written.at(-1))))).toEqual(written.at(-1));
    const lap = list().find(({ address }) => address === 'lap:9000');
    expect(lap).toMatchObject({ name: 'Lap', origins: ['recent'], state: 'online' });
    await expect(directory.forget(lap!.key)).resolves.toBe('lap:9000');
    await expect(directory.forget('address:nobody')).resolves.toBeNull();
    expect(written.at(-1)?.hosts.map(({ address }) => address)).toEqual(['desk']);
  });

  it('keeps a bounded number of recent and of found hosts', async () => {
    const { clock, directory, list } = makeDirectory();
    for (let index = 0; index < DIRECTORY_LIMITS.maxRecent + 3; index++) {
      clock.advance(1);
      await directory.noteConnected(`host-${index}`, '', '');
    }
    expect(list()).toHaveLength(DIRECTORY_LIMITS.maxRecent);
    expect(list().some(({ address }) => address === 'host-0')).toBe(false);
    for (let index = 0; index < DIRECTORY_LIMITS.maxFound + 3; index++)
      directory.found({ ...FOUND, instance: String(index), address: `10.0.${index >> 8}.${index & 255}` }, true);
    expect(list()).toHaveLength(DIRECTORY_LIMITS.maxRecent + DIRECTORY_LIMITS.maxFound);
  });

  it('lists hosts by their IDs too, and does not know of one that nobody can ask for', async () => {
    const { clock, directory, written, list } = makeDirectory(null, (place) => (place === '123456789' ? true : null));
    await directory.noteConnected('123456789', 'Office', 'Linux');
    await directory.save('987 654 321', '');
    clock.advance(DIRECTORY_LIMITS.checkEveryMs);
    await directory.settled();
    expect(list()).toMatchObject([
      { address: '123456789', name: 'Office', origins: ['relay', 'recent'], state: 'online' },
      { address: '987654321', name: '987654321', origins: ['relay', 'saved'], state: 'unknown' },
    ]);
    expect(v.parse(hostListSchema, JSON.parse(JSON.stringify(written.at(-1))))).toEqual(written.at(-1));
  });

  it('refuses an address that is none', async () => {
    const { directory } = makeDirectory();
    await expect(directory.save('a b', '')).rejects.toMatchObject({ reason: 'malformed', field: 'address' });
  });
});
