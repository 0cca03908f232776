// Owns how the viewer half is put together: a session for each connection, its pictures to its window.

import { randomUUID } from 'node:crypto';
import { TarnetError } from '../../shared/base/errors.ts';
import { errorView } from '../../shared/ipc/error-view.ts';
import type { ConnectionState } from '../../shared/ipc/state.ts';
import { relayUrl } from '../../shared/model/host-address.ts';
import { formatHostPlace, type HostPlace } from '../../shared/model/host-place.ts';
import { VIEW_AND_CONTROL, VIEW_ONLY } from '../../shared/model/permissions.ts';
import type { PicturePreferences } from '../../shared/model/picture-budget.ts';
import type { RelayAccount } from '../../shared/model/relay-address.ts';
import type { Settings } from '../../shared/model/settings.ts';
import type { VideoCodec } from '../../shared/model/video.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { SessionActivity } from '../activity/session-activity.ts';
import { Connections, type ConnectionsOptions, type DrivenSession } from '../app/connections.ts';
import { systemName } from '../app/machine.ts';
import { StatisticsFiles } from '../app/statistics-files.ts';
import { IdentityChangedError } from '../pairing/known-peers.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import { checkClaimedId } from '../session/claimed-id.ts';
import { PlainSession } from '../session/plain/plain-session.ts';
import { ViewerSession } from '../session/viewer-session.ts';
import type { ViewerSessionState } from '../session/viewer-session-state.ts';
import type { ViewerTarget } from '../session/viewer-target.ts';
import { openTextWebSocket } from '../transport/text-transport.ts';
import { openWebSocket } from '../transport/ws-transport.ts';
import type { Ground } from './ground.ts';

/** What Chromium decodes on every platform, the cheapest in bytes first; the painter reports what fails after all. */
const DECODERS: readonly VideoCodec[] = ['av1', 'vp9', 'h264', 'vp8'];

/** The only room of a host's own relay. */
const ONLY_ROOM = '*';

export interface ViewerSurroundings extends Pick<ConnectionsOptions, 'window' | 'onActive' | 'onEnded'> {
  activity: Pick<ActivityLog, 'add'>;
}

export function composeViewer(ground: Ground, { activity, ...surroundings }: ViewerSurroundings): Connections {
  const { clock, log, state, settings, opaque, identity, knownPeers, pictureChoices } = ground;
  const statisticsFiles = new StatisticsFiles(log.scope('statistics'));
  return new Connections({
    ...surroundings,
    store: state,
    pictures: {
      of: (place) => pictureChoices.of(place) ?? defaultPicture(settings.value),
      remember: (place, preferences) => pictureChoices.remember(place, preferences),
    },
    writeStatistics: (file, statistics) => statisticsFiles.write(file, statistics),
    nowMs: () => clock.nowMs(),
    openSession: (wish, events): DrivenSession => {
      const place = formatHostPlace(wish.place);
      const target = targetOf(wish.place, settings.value.relays);
      const sessionActivity = new SessionActivity({
        clock,
        session: randomUUID(),
        address: place,
        authentication: wish.proof.kind,
        add: (facts) => activity.add(facts),
      });
      const session = new ViewerSession({
        primitives: nodePrimitives,
        opaque,
        identity,
        acceptHost: (host) => {
          if (wish.place.kind === 'id') checkClaimedId(nodePrimitives, wish.place.id, host);
          return knownPeers.accept(place, host);
        },
        onPaired: (host, discoveryKey) =>
          void knownPeers
            .pair(host, discoveryKey)
            .catch((error: unknown) => log.warn('cannot pair', { error: String(error) })),
        open: openWebSocket,
        clock,
        log: log.scope('viewer'),
        name: state.get('info').displayName,
        system: systemName(),
        decoders: DECODERS,
        viewOnly: wish.viewOnly,
        onState: (next) => {
          sessionActivity.observe(next);
          events.onChange(shown(next));
        },
        onFrame: events.onFrame,
        onCursor: events.onCursor,
        onLink: events.onLink,
        onInputInjected: events.onInputInjected,
      });
      session.connect({
        ...target,
        proof: wish.proof,
      });
      return session;
    },
    openPlainSession: (wish, events): DrivenSession => {
      const sessionActivity = new SessionActivity({
        clock,
        session: randomUUID(),
        address: `${wish.relay} · ${wish.hostId}`,
        authentication: 'none',
        add: (facts) => activity.add(facts),
      });
      const session = new PlainSession(wish, {
        open: openTextWebSocket,
        clock,
        log: log.scope('plain'),
        viewOnly: wish.viewOnly,
        onState: ({ phase, viewOnly, error, retryAtMs }) => {
          const permissions = phase === 'connecting' ? VIEW_ONLY : VIEW_AND_CONTROL;
          sessionActivity.observe({ phase, name: wish.hostId, system: '', fingerprint: [], permissions, error });
          const permitted = phase === 'connecting' ? [] : [...permissions];
          events.onChange({ phase, viewOnly, retryAtMs, error: error && errorView(error), permissions: permitted });
        },
        onPicture: events.onPicture,
        onLink: events.onLink,
      });
      session.connect();
      return {
        retry: () => {
          throw new TarnetError('not-supported', 'a session without encryption is agreed to anew each time');
        },
        close: () => session.close(),
        sendInput: (input) => session.sendInput(input),
        setViewOnly: (viewOnly) => session.setViewOnly(viewOnly),
        reportTrouble: () => session.redeliver(),
        reportPaint: (report) => session.reportPaint(report),
        // v1 knows none of these.
        setMeasuring: () => undefined,
        setPicturePreferences: () => undefined,
        selectSource: () => undefined,
        requestPairing: () => undefined,
        answerFactor: () => undefined,
      };
    },
  });
}

/** The way to a host. Throws `not-supported` for an ID when there is no relay that could know it. */
function targetOf(
  place: HostPlace,
  relays: readonly RelayAccount[],
): Pick<ViewerTarget, 'url' | 'token' | 'alternatives' | 'hostId'> {
  if (place.kind === 'address') return { url: relayUrl(place), hostId: ONLY_ROOM };
  const [first, ...alternatives] = relays.map(({ url, token }) => ({ url, ...(token === '' ? {} : { token }) }));
  if (!first)
    throw new TarnetError('not-supported', 'an ID leads somewhere only through a relay, and none is set up', {
      field: 'relays',
    });
  return { ...first, alternatives, hostId: place.id };
}

function defaultPicture(settings: Settings): PicturePreferences {
  return {
    mode: settings.pictureMode,
    maxFramesPerSecond: settings.pictureMaxFramesPerSecond,
    greyscale: settings.pictureGreyscale,
  };
}

/** The session's state as windows see it; a host that has not said its name keeps the one it has in the list. */
function shown(state: ViewerSessionState): Partial<Omit<ConnectionState, 'id'>> {
  const { phase, name, system, sas, fingerprint, permissions, viewOnly, error, triesLeft, retryAtMs } = state;
  return {
    phase,
    ...(name ? { name } : {}),
    ...(system ? { system } : {}),
    sas,
    ...(error instanceof IdentityChangedError
      ? { fingerprint: [...error.presented], pinnedFingerprint: [...error.pinned] }
      : { fingerprint }),
    permissions: [...permissions],
    pairing: state.pairing,
    viewOnly,
    error: error && errorView(error),
    triesLeft,
    retryAtMs,
    sources: state.sources,
    sourceId: state.sourceId,
  };
}
