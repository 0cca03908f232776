// Owns what each of the user's acts is expected to lead to. Pure.
import type { AppState, ConnectionState, ShareState, ViewerSummary } from '../../shared/ipc/state.ts';
import type { Permission } from '../../shared/model/permissions.ts';
import type { PicturePreferences } from '../../shared/model/picture-budget.ts';
import type { SettingsPatch } from '../../shared/model/settings.ts';
import type { Prediction } from './predictions.ts';

type Expected = Omit<Prediction, 'expiresAtMs'>;

const withShare = (state: AppState, change: Partial<ShareState>): AppState => ({
  ...state,
  share: { ...state.share, ...change },
});

/** The switch moves at once; reality is any sign that main has taken it up. */
export function shareStarting(): Expected {
  return {
    about: 'share',
    apply: (state) => withShare(state, { phase: 'starting', error: null }),
    isFulfilled: (state) => state.share.phase === 'starting' || state.share.phase === 'on',
  };
}

export function shareStopping(): Expected {
  return {
    about: 'share',
    apply: (state) => withShare(state, { phase: 'stopping' }),
    isFulfilled: (state) => state.share.phase === 'stopping' || state.share.phase === 'off',
  };
}

/** Whether this viewer may do this here. */
export function viewerPermission(viewerId: string, permission: Permission, allowed: boolean): Expected {
  const isAsked = (viewer: ViewerSummary) => viewer.permissions.includes(permission) === allowed;
  return {
    about: `viewer-permission ${viewerId} ${permission}`,
    apply: (state) =>
      withShare(state, {
        viewers: state.share.viewers.map((viewer) =>
          viewer.id === viewerId && !isAsked(viewer)
            ? { ...viewer, permissions: permissionsAfter(viewer, permission, allowed) }
            : viewer,
        ),
      }),
    isFulfilled: (state) => state.share.viewers.every((viewer) => viewer.id !== viewerId || isAsked(viewer)),
  };
}

/** The viewer's permissions with one of them given or taken. */
export function permissionsAfter(viewer: ViewerSummary, permission: Permission, allowed: boolean): Permission[] {
  const others = viewer.permissions.filter((one) => one !== permission);
  return allowed ? [...others, permission] : others;
}

function connectionChange(
  about: string,
  connectionId: string,
  change: Partial<ConnectionState>,
  isAsked: (connection: ConnectionState) => boolean,
): Expected {
  return {
    about: `${about} ${connectionId}`,
    apply: (state) => ({
      ...state,
      connections: state.connections.map((connection) =>
        connection.id === connectionId ? { ...connection, ...change } : connection,
      ),
    }),
    isFulfilled: (state) =>
      state.connections.every((connection) => connection.id !== connectionId || isAsked(connection)),
  };
}

export function sessionViewOnly(connectionId: string, viewOnly: boolean): Expected {
  return connectionChange('view-only', connectionId, { viewOnly }, (connection) => connection.viewOnly === viewOnly);
}

export function sessionSource(connectionId: string, sourceId: string): Expected {
  return connectionChange('source', connectionId, { sourceId }, (connection) => connection.sourceId === sourceId);
}

export function sessionPicture(connectionId: string, picture: PicturePreferences): Expected {
  return connectionChange(
    'picture',
    connectionId,
    { picture },
    (connection) =>
      connection.picture.mode === picture.mode &&
      connection.picture.maxFramesPerSecond === picture.maxFramesPerSecond &&
      connection.picture.greyscale === picture.greyscale,
  );
}

/** The question is answered: it goes away. */
export function consentAnswered(requestId: string): Expected {
  return {
    about: `consent ${requestId}`,
    apply: (state) => ({
      ...state,
      consentRequests: state.consentRequests.filter(({ id }) => id !== requestId),
    }),
    isFulfilled: (state) => state.consentRequests.every(({ id }) => id !== requestId),
  };
}

export function noticeDismissed(noticeId: string): Expected {
  return {
    about: `notice ${noticeId}`,
    apply: (state) => ({ ...state, notices: state.notices.filter(({ id }) => id !== noticeId) }),
    isFulfilled: (state) => state.notices.every(({ id }) => id !== noticeId),
  };
}

export function settingsChanged(patch: SettingsPatch): Expected {
  const isAsked = (state: AppState) =>
    Object.entries(patch).every(([name, value]) =>
      Object.entries(state.settings).some(([n, v]) => n === name && JSON.stringify(v) === JSON.stringify(value)),
    );
  return {
    about: `settings ${Object.keys(patch).join(' ')}`,
    apply: (state) => ({ ...state, settings: { ...state.settings, ...patch } }),
    isFulfilled: isAsked,
  };
}
