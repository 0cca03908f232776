// Owns hosts that are reached by their nine digits through relays in other networks: real relays, real cryptography.
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/app/system-clock.ts';
import { nodePrimitives } from '../../electron/pairing/node-primitives.ts';
import { AccessTokens } from '../../electron/relay/access-tokens.ts';
import { type Relay, type RelayOptions, startRelay } from '../../electron/relay/relay-server.ts';
import { checkClaimedId } from '../../electron/session/claimed-id.ts';
import { RelayPresence } from '../../electron/session/relay-presence.ts';
import type { ViewerRoute } from '../../electron/session/viewer-target.ts';
import { openWebSocket } from '../../electron/transport/ws-transport.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { RelayAccount } from '../../shared/model/relay-address.ts';
import { newIdentity } from '../fakes/handshake-pair.ts';
import { type HostSite, makeHost, makeViewer, type ViewerSite } from '../fakes/session-site.ts';

const SECRET = 'a secret of this scenario';
const TOKEN = 'token-of-the-scenario';
const SOON = { timeout: 15_000, interval: 20 };

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

const urlOf = (relay: Relay) => `ws://127.0.0.1:${relay.port}/`;

async function relayAt(port: number, options: Partial<RelayOptions> = {}): Promise<Relay> {
  const relay = await startRelay({ port, bindAddress: '127.0.0.1', clock: systemClock, log: silentLog, ...options });
  cleanUp.push(() => relay.close());
  return relay;
}

/** A host that shares at its own relay and at these. */
async function share(
  relays: readonly RelayAccount[],
  identity = newIdentity(),
): Promise<HostSite & { ownUrl: string }> {
  const own = await relayAt(0, { embedded: { hostToken: TOKEN } });
  const host = makeHost({ open: openWebSocket, secret: SECRET }, identity);
  await host.room.open(urlOf(own), TOKEN);
  cleanUp.push(() => host.room.close());
  host.room.setRelays(relays);
  await expect.poll(host.ready, SOON).toBe(true);
  await expect.poll(() => standing(host), SOON).not.toContain('not yet');
  return Object.assign(host, { ownUrl: urlOf(own) });
}

function connect(hostId: string, [first, ...alternatives]: readonly ViewerRoute[]): ViewerSite {
  if (!first) throw new Error('no route');
  const viewer = makeViewer({
    open: openWebSocket,
    acceptHost: (host) => {
      if (hostId !== '*') checkClaimedId(nodePrimitives, hostId, host);
    },
  });
  viewer.session.connect({ ...first, alternatives, hostId, proof: { kind: 'password', secret: SECRET } });
  cleanUp.push(() => viewer.session.close());
  return viewer;
}

const account = (relay: Relay, token = ''): RelayAccount => ({ url: urlOf(relay), token });
const standing = (host: HostSite) =>
  host.standings.map(({ online, problem }) => (online ? 'online' : (problem?.reason ?? 'not yet')));

describe('a host at a relay in another network', () => {
  it('is reached by its ID there and by its address here, and each viewer sees the same pictures', async () => {
    const relay = await relayAt(0);
    const host = await share([account(relay)]);
    expect(standing(host)).toEqual(['online']);
    const far = connect(host.hostId, [{ url: urlOf(relay) }]);
    await expect.poll(() => far.state.phase, SOON).toBe('active');
    const near = connect('*', [{ url: host.ownUrl }]);
    await expect.poll(() => near.state.phase, SOON).toBe('active');
    expect(host.viewers.map(({ address }) => address)).toEqual([`127.0.0.1 (127.0.0.1:${relay.port})`, '127.0.0.1']);

    await expect.poll(() => host.source.running, SOON).toBe(true);
    for (const sizeBytes of [100, 60_000, 7]) host.source.capture(sizeBytes);
    for (const viewer of [far, near])
      await expect.poll(() => viewer.frames.map(({ frame }) => frame), SOON).toEqual(host.source.made);
    far.session.sendInput([{ kind: 'move', xPx: 3, yPx: 4 }]);
    await expect.poll(() => host.sink.events, SOON).toEqual([{ kind: 'move', xPx: 3, yPx: 4 }]);

    // Each is put out alone.
    host.room.disconnectViewer(host.viewers[0]?.id ?? '');
    await expect.poll(() => far.state.error?.reason, SOON).toBe('ended-by-host');
    expect(near.state.phase).toBe('active');
  });

  it('sends no pictures over a line on which nobody looks at them', async () => {
    const relay = await relayAt(0);
    const host = await share([account(relay)]);
    await expect.poll(() => standing(host), SOON).toEqual(['online']);
    const near = connect('*', [{ url: host.ownUrl }]);
    await expect.poll(() => near.state.phase, SOON).toBe('active');
    await expect.poll(() => host.source.running, SOON).toBe(true);
    await expect
      .poll(() => {
        host.source.capture(60_000);
        return near.frames.length;
      }, SOON)
      .toBeGreaterThanOrEqual(10);
    expect(relay.counters.receivedBytes).toBeLessThan(10_000);
  });

  it('comes back by itself when the relay was away, and its viewers with it', async () => {
    const before = await relayAt(0);
    const host = await share([account(before)]);
    const viewer = connect(host.hostId, [{ url: urlOf(before) }]);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    await before.close();
    await expect.poll(() => standing(host), SOON).toEqual([expect.not.stringMatching('online')]);
    await expect.poll(() => viewer.state.phase, SOON).toBe('reconnecting');
    await relayAt(before.port);
    await expect.poll(() => standing(host), SOON).toEqual(['online']);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(host.asked).toHaveLength(1);
  });

  it('is not there any more once the relay is taken out of its settings', async () => {
    const relay = await relayAt(0);
    const host = await share([account(relay)]);
    const viewer = connect(host.hostId, [{ url: urlOf(relay) }]);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    host.room.setRelays([]);
    await expect.poll(() => viewer.state.phase, SOON).not.toBe('active');
    await expect.poll(() => host.viewers.map(({ connected }) => connected), SOON).toEqual([false]);
    expect(host.standings).toEqual([]);
  });

  it('shows the relay its token, and says when that is wrong', async () => {
    const relay = await relayAt(0, { hostTokens: new AccessTokens([TOKEN]), viewerTokens: new AccessTokens([TOKEN]) });
    const refused = await share([account(relay, 'another-token-of-it')]);
    await expect.poll(() => standing(refused), SOON).toEqual(['unauthorised']);
    const host = await share([account(relay, TOKEN)]);
    await expect.poll(() => standing(host), SOON).toEqual(['online']);
    const stranger = connect(host.hostId, [{ url: urlOf(relay) }]);
    await expect.poll(() => stranger.state.error?.reason, SOON).toBe('unauthorised');
    const viewer = connect(host.hostId, [{ url: urlOf(relay), token: TOKEN }]);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
  });
});

describe('a viewer that knows an ID', () => {
  it('tries one relay after the other, those that do not answer too', async () => {
    const [without, having] = [await relayAt(0), await relayAt(0)];
    const gone = await relayAt(0);
    await gone.close();
    const host = await share([account(having)]);
    await expect.poll(() => standing(host), SOON).toEqual(['online']);
    const viewer = connect(
      host.hostId,
      [gone, without, having].map((relay) => ({ url: urlOf(relay) })),
    );
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(viewer.phases[0]).toBe('connecting');
  });

  it('hears the same of an ID that nobody has and of a host that is away', async () => {
    const relay = await relayAt(0, { limits: { hostGraceMs: 50 } });
    const host = await share([account(relay)]);
    await expect.poll(() => standing(host), SOON).toEqual(['online']);
    const unknown = connect('000000000', [{ url: urlOf(relay) }]);
    await expect.poll(() => unknown.state.phase, SOON).toBe('ended');
    await host.room.close();
    const away = connect(host.hostId, [{ url: urlOf(relay) }]);
    await expect.poll(() => away.state.phase, SOON).toBe('ended');
    expect(away.state.error).toMatchObject({ reason: 'host-offline', message: unknown.state.error?.message });
  });

  it('is not led to another computer by the relay', async () => {
    const relay = await relayAt(0);
    const impostor = makeHost({ open: openWebSocket, secret: SECRET });
    // A host that claims an ID which does not follow from its key.
    const lying = makeHost({ open: openWebSocket, secret: SECRET }, { ...newIdentity(), hostId: '123456789' });
    expect(impostor.hostId).not.toBe('123456789');
    await lying.room.open(urlOf(relay));
    cleanUp.push(() => lying.room.close());
    await expect.poll(lying.ready, SOON).toBe(true);
    const viewer = connect('123456789', [{ url: urlOf(relay) }]);
    await expect.poll(() => viewer.state.error?.reason, SOON).toBe('tampered');
  });
});

describe('presence', () => {
  it('is told to those who know the host’s key, and to nobody who only has its ID', async () => {
    const [relay, other] = [await relayAt(0), await relayAt(0)];
    const identity = newIdentity();
    const host = await share([account(relay)], identity);
    await expect.poll(() => standing(host), SOON).toEqual(['online']);
    const away = newIdentity();
    const known = new Map([
      [identity.hostId, identity.publicIdentity.ed25519],
      [away.hostId, away.publicIdentity.ed25519],
    ]);
    const presence = (relays: readonly RelayAccount[]) =>
      new RelayPresence({
        open: openWebSocket,
        clock: systemClock,
        log: silentLog,
        primitives: nodePrimitives,
        relays: () => relays,
        keyOf: (hostId) => known.get(hostId) ?? null,
      });
    const asking = presence([account(other), account(relay)]);
    const answers = await Promise.all([identity.hostId, away.hostId, '000000000'].map((id) => asking.isOnline(id)));
    expect(answers).toEqual([true, false, null]);
    // One question each for all of them.
    expect([relay.counters.openedConnections, other.counters.openedConnections]).toEqual([2, 1]);
    expect(host.activity).toEqual([]);

    await other.close();
    const half = presence([account(other), account(relay)]);
    expect(await half.isOnline(identity.hostId)).toBe(true);
    expect(await half.isOnline(away.hostId)).toBe(null);
    expect(await presence([]).isOnline(identity.hostId)).toBe(null);
  });
});
