// Owns the session window: the remote screen, and around it the toolbar, chips, statistics and what went wrong.
import { LockOpen } from 'lucide-react';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import type { KeyCode } from '../../../shared/model/key-codes.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { LOCAL_CHORD_LABELS, type LocalChord } from '../../input/local-chords.ts';
import type { PictureScale } from '../../input/picture-mapping.ts';
import { useActions, useOwnConnection } from '../../store/use-app.ts';
import { Badge } from '../../ui/badge.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { PairingNote } from './pairing-note.tsx';
import { usePermissionNews } from './permissions-menu.tsx';
import { RemoteScreen, type RemoteScreenHandle } from './remote-screen.tsx';
import { SessionOverlay } from './session-overlay.tsx';
import { SessionToolbar, ToolbarTab } from './session-toolbar.tsx';
import './session-view.css';
import { staleSeconds } from './staleness.ts';
import { StatisticsPanel } from './statistics-panel.tsx';
import { useFullscreen } from './use-fullscreen.ts';
import { useMeasuring } from './use-measuring.ts';
import { useToolbar } from './use-toolbar.ts';

/** How often the state of the picture is looked at. */
const LOOK_EVERY_MS = 500;
const HINT_SHOWN_MS = 6_000;

/** @param bare the picture only, one pixel to one pixel: for the command line */
export function SessionView({ bare }: { bare: boolean }) {
  const connection = useOwnConnection();
  if (!connection) return <div className="session" />;
  return bare ? <BareSession connection={connection} /> : <Session connection={connection} />;
}

/** Nothing but the picture, until there is something to be said. */
function BareSession({ connection }: { connection: ConnectionState }) {
  const actions = useActions();
  const act = useAct();
  const screen = useRef<RemoteScreenHandle>(null);
  const [fullscreen, setFullscreen] = useFullscreen();
  useMeasuring(screen, false, connection.keepsStatistics);
  useEffect(() => screen.current?.setKeyboardLock(fullscreen), [fullscreen]);
  // Without controls the chord is the only way out of full screen.
  const onChord = (chord: LocalChord) => {
    if (chord === 'leave-fullscreen') setFullscreen(!fullscreen);
  };
  return (
    <div className="session" data-bare="">
      <RemoteScreen
        ref={screen}
        name={connection.name}
        encrypted={connection.encrypted}
        scale="original"
        controlling={mayInput(connection)}
        stale={false}
        onChord={onChord}
      />
      <SessionOverlay
        connection={connection}
        onRetry={(code) => void act(actions.retryConnection(connection.id, code))}
        onAnswer={(code) => act(actions.answerFactor(connection.id, code))}
        onClose={() => void act(actions.dismissConnection(connection.id))}
      />
    </div>
  );
}

function Session({ connection }: { connection: ConnectionState }) {
  const actions = useActions();
  const act = useAct();
  const screen = useRef<RemoteScreenHandle>(null);
  const [scale, setScale] = useState<PictureScale>('fit');
  const [statistics, setStatistics] = useState(false);
  const [fullscreen, setFullscreen] = useFullscreen();
  const backToScreen = useCallback(() => screen.current?.focus(), []);
  const toolbar = useToolbar(backToScreen);
  const picture = usePictureState(screen, connection.phase);
  usePermissionNews(connection);
  useMeasuring(screen, statistics, connection.keepsStatistics);

  useEffect(() => {
    screen.current?.setKeyboardLock(fullscreen);
    screen.current?.focus();
  }, [fullscreen]);

  const onChord = (chord: LocalChord) => {
    if (chord === 'leave-fullscreen') setFullscreen(!fullscreen);
    else if (chord === 'toggle-statistics') setStatistics((shown) => !shown);
    else toolbar.toggle();
  };
  const onKeys = (codes: readonly KeyCode[]) => screen.current?.pressCombination(codes);
  const onViewOnly = (viewOnly: boolean) => {
    // What is held has to be let go while that may still be said.
    if (viewOnly) screen.current?.releaseAll();
    void act(actions.setViewOnly(connection.id, viewOnly));
  };
  const close = () => void act(actions.dismissConnection(connection.id));

  return (
    <div className="session" onPointerMove={toolbar.onPointerMove}>
      <RemoteScreen
        ref={screen}
        name={connection.name}
        encrypted={connection.encrypted}
        scale={scale}
        controlling={mayInput(connection)}
        stale={picture.staleSeconds !== null}
        onChord={onChord}
      />
      {!toolbar.visible && <ToolbarTab onShow={toolbar.show} />}
      <SessionToolbar
        connection={connection}
        scale={scale}
        fullscreen={fullscreen}
        statistics={statistics}
        exact={connection.phase === 'active' && picture.hasPicture ? picture.exact : null}
        visible={toolbar.visible}
        onScale={setScale}
        onFullscreen={setFullscreen}
        onStatistics={setStatistics}
        onViewOnly={onViewOnly}
        onSource={(sourceId) => void act(actions.selectRemoteSource(connection.id, sourceId))}
        onPicture={(preferences) => void act(actions.setPicturePreferences(connection.id, preferences))}
        onKeys={onKeys}
        onPair={() => void act(actions.requestPairing(true))}
        onDisconnect={close}
        bar={toolbar.bar}
        onHide={toolbar.hide}
        onUsed={backToScreen}
        onHold={toolbar.hold}
      />
      {connection.phase === 'active' && !picture.hasPicture && <Waiting />}
      <Chips connection={connection} picture={picture} />
      {fullscreen && <FullscreenHint name={connection.name} />}
      {statistics && <StatisticsPanel screen={screen} onClose={() => setStatistics(false)} />}
      <PairingNote connection={connection} onDone={backToScreen} />
      <SessionOverlay
        connection={connection}
        onRetry={(access) => void act(actions.retryConnection(connection.id, access))}
        onAnswer={(code) => act(actions.answerFactor(connection.id, code))}
        onClose={close}
      />
    </div>
  );
}

interface PictureState {
  hasPicture: boolean;
  exact: boolean;
  /** Null while the picture is fresh. */
  staleSeconds: number | null;
}

/** How the picture stands, looked at twice a second. */
function usePictureState(screen: RefObject<RemoteScreenHandle | null>, phase: ConnectionState['phase']): PictureState {
  const [state, setState] = useState<PictureState>({ hasPicture: false, exact: false, staleSeconds: null });
  useEffect(() => {
    const look = () => {
      const handle = screen.current;
      const next: PictureState = {
        hasPicture: handle?.size !== null && handle?.size !== undefined,
        exact: handle?.statistics()?.exact ?? false,
        staleSeconds: staleSeconds(phase, handle?.lastSignMs() ?? null, Date.now()),
      };
      setState((before) =>
        before.hasPicture === next.hasPicture &&
        before.exact === next.exact &&
        before.staleSeconds === next.staleSeconds
          ? before
          : next,
      );
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [screen, phase]);
  return state;
}

/** Between the open session and its first picture. */
function Waiting() {
  const { t } = useTranslation();
  return (
    <p className="session-waiting" role="status">
      <Spinner size="l" />
      {t('viewer.chip.waiting')}
    </p>
  );
}

function Chips({ connection, picture }: { connection: ConnectionState; picture: PictureState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const viewOnly = connection.viewOnly || !connection.permissions.includes('control');
  const { hasPicture, staleSeconds: stale } = picture;
  return (
    <div className="session-chips">
      {!connection.encrypted && (
        <Badge tone="danger" icon={<LockOpen aria-hidden="true" />}>
          {t('plain.badge')}
        </Badge>
      )}
      {connection.phase === 'reconnecting' && <Badge tone="warning">{t('viewer.chip.reconnecting')}</Badge>}
      {stale !== null && hasPicture && (
        <Badge tone="warning">{t('viewer.chip.stale', { duration: format.duration(stale * 1000) })}</Badge>
      )}
      {connection.phase === 'active' && viewOnly && <Badge tone="neutral">{t('viewer.chip.view-only')}</Badge>}
    </div>
  );
}

/** How to get out, for some seconds after getting in. */
function FullscreenHint({ name }: { name: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setShown(false), HINT_SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <p className="fullscreen-hint" role="status">
      {t('viewer.fullscreen-hint', { name, chord: LOCAL_CHORD_LABELS['leave-fullscreen'] })}
    </p>
  );
}

function mayInput({ phase, viewOnly, permissions }: ConnectionState): boolean {
  return phase === 'active' && !viewOnly && permissions.includes('control');
}
