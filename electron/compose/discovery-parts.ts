// Owns how hosts are found and how this one is: the list of hosts, and the announcement while sharing.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { ConnectionState } from '../../shared/ipc/state.ts';
import { formatHostAddress } from '../../shared/model/host-address.ts';
import { formatHostPlace, isHostId, parseHostPlace } from '../../shared/model/host-place.ts';
import { systemName } from '../app/machine.ts';
import { addNotice } from '../app/notices.ts';
import { Announcer, discoveryTag } from '../discovery/announcer.ts';
import { HostDirectory } from '../discovery/host-directory.ts';
import type { DiscoveryReach } from '../discovery/local-networks.ts';
import { Mdns } from '../discovery/mdns.ts';
import type { AccessKind } from '../discovery/probe-packet.ts';
import { ProbeSocket } from '../discovery/probe-socket.ts';
import { isReachable } from '../discovery/reachability.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import { RelayPresence } from '../session/relay-presence.ts';
import { openWebSocket } from '../transport/ws-transport.ts';
import { hostListFile } from './finish-import.ts';
import type { Ground } from './ground.ts';
import type { HostList } from './handlers.ts';
import type { Announcement } from './host-parts.ts';

/** How long `--list` looks for hosts. */
const LIST_MS = 3_000;

export interface DiscoveryParts extends HostList {
  announcement: Announcement;
  start(): Promise<void>;
  noteConnected(connection: ConnectionState): void;
  close(): Promise<void>;
}

export interface DiscoveryOptions {
  /** False from the command line: neither look nor be found. The list of saved hosts works all the same. */
  enabled: boolean;
  reach: DiscoveryReach;
  /** How one gets into this machine while it shares. */
  access: AccessKind;
}

export function composeDiscovery(ground: Ground, { enabled, reach, access }: DiscoveryOptions): DiscoveryParts {
  const { clock, log, state, settings } = ground;
  const isOn = () => enabled && settings.value.discovery;
  const storage = hostListFile(ground);
  const presence = new RelayPresence({
    open: openWebSocket,
    clock,
    log: log.scope('presence'),
    primitives: nodePrimitives,
    relays: () => settings.value.relays,
    keyOf: (hostId) => ground.knownPeers.find(hostId)?.ed25519 ?? null,
  });
  const directory = new HostDirectory({
    clock,
    storage,
    isReachable: (place) => (isHostId(place) ? presence.isOnline(place) : isReachable(place)),
    isPaired: (address) => ground.knownPeers.pairedAt(address) !== null,
    onChange: (hosts) => state.set('hosts', hosts),
  });

  ground.onPairingChanged = () => directory.pairingChanged();
  /** A paired host may have another address than before. */
  const recognise = (host: string, port: number, { salt, tag }: { salt: Uint8Array; tag: Uint8Array }) => {
    if (tag.length === 0) return;
    const isIts = (key: Uint8Array) => Buffer.compare(discoveryTag(key, salt), tag) === 0;
    ground.knownPeers.recognise(formatHostAddress({ host, port }), isIts);
  };

  let problems = 0;
  const onProblem = (error: Error) => {
    log.warn('discovery', { error: error.message });
    // One way is enough; without any the user has to type addresses.
    problems += 1;
    if (problems === 2) addNotice(state, 'discovery-failed', error.message);
  };
  const probe = new ProbeSocket({
    reach,
    clock,
    log: log.scope('discovery'),
    onFound: (answer, address) => {
      const { instance, leaving, port, name, system } = answer;
      if (announcer.isOwn(instance)) return;
      recognise(address, port, answer);
      if (leaving) directory.lost(instance);
      else directory.found({ instance, address, port, name, system }, false);
    },
    onProblem,
  });
  const mdns = new Mdns({
    clock,
    onFound: (find) => {
      const { instance, addresses, port, name, system } = find;
      const [address] = addresses;
      if (!address || announcer.isOwn(instance)) return;
      recognise(address, port, find);
      directory.found({ instance, address, port, name, system }, true);
    },
    onLost: (instance) => directory.lost(instance),
    onProblem,
  });
  const announcer = new Announcer({
    clock,
    discoveryKey: ground.identity.discoveryKey,
    name: () => (settings.value.announceName ? state.get('info').displayName : null),
    system: systemName(),
    access,
    channels: reach === 'lan' ? [probe, mdns] : [probe],
  });

  let listening = false;
  const listen = async (on: boolean) => {
    if (on === listening) return;
    listening = on;
    if (on) {
      probe.start();
      if (reach === 'lan') mdns.start();
      return;
    }
    probe.stop();
    await mdns.stop();
  };
  let announcedPort: number | null = null;
  const announce = () => {
    if (announcedPort !== null && isOn()) announcer.start(announcedPort);
    else announcer.stop();
  };
  settings.onChange(() => {
    void listen(isOn());
    announce();
  });

  return {
    announcement: {
      start: (port) => {
        announcedPort = port;
        announce();
      },
      stop: () => {
        announcedPort = null;
        announcer.stop();
      },
    },
    start: async () => {
      const { value, setAside } = await storage.read();
      if (setAside !== null) addNotice(state, 'settings-corrupt', setAside);
      directory.start(value);
      await listen(isOn());
    },
    save: (address, name) => directory.save(address, name),
    forget: async (key) => {
      const address = await directory.forget(key);
      // Who forgets a computer also forgets which one it was.
      if (address !== null) await ground.knownPeers.forget(address);
    },
    pairedAt: (address) => {
      const host = ground.knownPeers.pairedAt(formatHostPlace(parseHostPlace(address)));
      if (!host) throw new TarnetError('not-paired', 'this computer is not paired', { field: 'address' });
      return host;
    },
    pair: async (address, name, identity) => {
      await ground.knownPeers.accept(address, identity, true);
      await ground.knownPeers.pair(identity, null);
      await directory.save(address, name);
    },
    rescan: () => {
      probe.query();
      directory.check();
    },
    noteConnected: ({ address, name, system }) => {
      directory.noteConnected(address, name, system).catch((error: unknown) => onProblem(new Error(String(error))));
    },
    close: async () => {
      announcer.stop();
      directory.stop();
      await listen(false);
    },
  };
}

/** Looks for hosts for 3 seconds and prints them as JSON. */
export async function printHosts(discovery: DiscoveryParts, ground: Ground, clock: Clock): Promise<void> {
  await discovery.start();
  await new Promise<void>((resolve) => clock.after(LIST_MS, resolve));
  const hosts = ground.state.get('hosts').map(({ name, address, system, origins, state }) => ({
    name,
    address,
    system,
    origins,
    state,
  }));
  process.stdout.write(`${JSON.stringify(hosts, null, 2)}\n`);
}
