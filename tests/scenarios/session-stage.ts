// Owns how a session scenario begins: a relay, a host in its room, viewers that are in, and the end of all of them.
import { createHash } from 'node:crypto';
import { afterEach, expect } from 'vitest';
import type { Identity } from '../../electron/pairing/identity.ts';
import type { ResumptionTickets } from '../../electron/pairing/resumption-tickets.ts';
import type { RelayLimits } from '../../electron/relay/limits.ts';
import type { Clock } from '../../shared/base/clock.ts';
import type { MediaFrame } from '../../shared/model/video.ts';
import { newIdentity } from '../fakes/handshake-pair.ts';
import type { HostileControl } from '../fakes/hostile-transport.ts';
import { MemorySecretStore } from '../fakes/memory-secret-store.ts';
import { type HostSite, makeHost, makeTickets, makeViewer, target, type ViewerSite } from '../fakes/session-site.ts';
import { type ScenarioRelay, startRelay } from './session-relay.ts';

export const SOON = { timeout: 10_000, interval: 5 };

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface ConnectOptions {
  viewOnly?: boolean;
  secret?: string;
  /** What `secret` is. */
  kind?: 'code' | 'password';
  /** Of a proxy in front of the relay. */
  port?: number;
  /** Disturbs the viewer's transport before anything is sent. */
  prepare?(control: HostileControl): void;
}

export interface Stage {
  relay: ScenarioRelay;
  /** The one that runs now. */
  host: HostSite;
  /** The host's. */
  identity: Identity;
  /** What the host has on disk. */
  tickets: ResumptionTickets;
  /** A viewer that knows the present code, and goes to the host. */
  connect(options?: ConnectOptions): Promise<ViewerSite>;
  /** The same, let in and with its first picture. */
  admitted(options?: ConnectOptions): Promise<ViewerSite>;
  /** The host's app is killed, or ended by the system, and started again with what it had on disk. */
  restartHost(how?: 'killed' | 'ended', meanwhile?: () => void): Promise<void>;
}

interface StageOptions {
  /** In place of the one-time code. */
  secret?: string;
  /** By which tickets run out, in place of the system's. */
  clock?: Clock;
  /** By which codes of authenticator apps come and go, in place of the system's. */
  factorClock?: Clock;
  /** Of the relay, where they are not those of a real one. */
  limits?: Partial<RelayLimits>;
}

export async function stage({ secret: fixed, clock, factorClock, limits }: StageOptions = {}): Promise<Stage> {
  const relay = await startRelay(limits);
  cleanups.push(() => relay.kill());
  const identity = newIdentity();
  const tickets = makeTickets(clock);
  const secrets = new MemorySecretStore();
  const newHost = async () => {
    const options = {
      open: relay.open,
      secrets,
      ...(fixed !== undefined && { secret: fixed }),
      ...(factorClock && { factorClock }),
    };
    const host = makeHost(options, identity, tickets);
    await host.room.open(relay.url, relay.token);
    cleanups.push(() => host.room.close());
    return host;
  };
  const site: Stage = {
    relay,
    host: await newHost(),
    identity,
    tickets,
    async connect({ viewOnly = false, secret, kind = 'code', port, prepare } = {}) {
      await expect.poll(() => site.host.ready(), SOON).toBe(true);
      const viewer = makeViewer({ open: relay.open, viewOnly });
      prepare?.(viewer.control);
      cleanups.push(() => viewer.session.close());
      viewer.session.connect(
        target(port === undefined ? relay.url : `ws://127.0.0.1:${port}/`, secret ?? site.host.code() ?? '', kind),
      );
      return viewer;
    },
    async admitted(options) {
      const viewer = await site.connect(options);
      await expect.poll(() => viewer.state.phase, SOON).toBe('active');
      await seesPictures(site.host, viewer);
      return viewer;
    },
    async restartHost(how = 'killed', meanwhile = () => undefined) {
      if (how === 'ended') await site.host.room.close('restarting');
      site.host.control.cut();
      site.host.control.frozen = true;
      meanwhile();
      site.host = await newHost();
    },
  };
  return site;
}

/** Captures until the viewer has a frame that is newer than what it had. */
export async function seesPictures(host: HostSite, viewer: ViewerSite): Promise<void> {
  const before = viewer.frames.length;
  await expect
    .poll(() => {
      host.source.capture();
      return viewer.frames.length;
    }, SOON)
    .toBeGreaterThan(before);
}

/** Waits until nothing that was captured is still on its way to this viewer. */
export async function caughtUp(host: HostSite, viewer: ViewerSite): Promise<void> {
  const newest = () => host.source.made.at(-1)?.captureTimeUs;
  await expect.poll(() => viewer.frames.at(-1)?.frame.captureTimeUs === newest(), SOON).toBe(true);
}

/** What frames hold, short enough to be compared and shown. */
export function digests(frames: readonly MediaFrame[]): string[] {
  return frames.map(({ data }) => createHash('sha256').update(data).digest('hex').slice(0, 16));
}

export function seenBy(viewer: ViewerSite): MediaFrame[] {
  return viewer.frames.map(({ frame }) => frame);
}
