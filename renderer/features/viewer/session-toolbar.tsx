// Owns the toolbar of a session: it hides by itself, and comes back to the pointer at the upper edge or to its chord.
import {
  Activity,
  ChevronDown,
  ChevronUp,
  Eye,
  Keyboard,
  Link2,
  LockOpen,
  Maximize,
  Minimize,
  Monitor,
  Unplug,
} from 'lucide-react';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import type { KeyCode } from '../../../shared/model/key-codes.ts';
import type { PicturePreferences } from '../../../shared/model/picture-budget.ts';
import { LOCAL_CHORD_LABELS } from '../../input/local-chords.ts';
import type { PictureScale } from '../../input/picture-mapping.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { MenuChoice, MenuItem } from '../../ui/menu.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { PermissionsMenu } from './permissions-menu.tsx';
import { PictureMark } from './picture-mark.tsx';
import { PictureMenu } from './picture-menu.tsx';
import './session-toolbar.css';
import { specialKeysFor } from './special-keys.ts';
import { ToolbarMenu } from './toolbar-menu.tsx';
import type { ToolbarHold } from './use-toolbar.ts';

export interface SessionToolbarProps {
  connection: ConnectionState;
  scale: PictureScale;
  fullscreen: boolean;
  statistics: boolean;
  /** Null while there is no live picture. */
  exact: boolean | null;
  visible: boolean;
  onScale: (scale: PictureScale) => void;
  onFullscreen: (fullscreen: boolean) => void;
  onStatistics: (shown: boolean) => void;
  onViewOnly: (viewOnly: boolean) => void;
  /** Its user wants to pair this device with the host. */
  onPair: () => void;
  onSource: (sourceId: string) => void;
  onPicture: (picture: PicturePreferences) => void;
  onKeys: (codes: readonly KeyCode[]) => void;
  onDisconnect: () => void;
  bar: RefObject<HTMLDivElement | null>;
  onHide: () => void;
  /** Something was clicked, or chosen from a menu: the keyboard goes back to the picture. */
  onUsed: () => void;
  onHold: (reason: ToolbarHold, on: boolean) => void;
}

export function SessionToolbar(props: SessionToolbarProps) {
  const { connection, scale, fullscreen, statistics, exact, visible } = props;
  const { t } = useTranslation();
  const mayControl = connection.permissions.includes('control');
  const { sources, sourceId } = connection;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: it only gives the keyboard back after a click; the buttons have the keys
    <div
      ref={props.bar}
      className="session-bar"
      role="toolbar"
      aria-label={t('viewer.toolbar')}
      data-visible={visible ? '' : undefined}
      inert={!visible}
      onFocus={({ target }) => props.onHold('keyboard', target.matches(':focus-visible'))}
      onBlur={() => props.onHold('keyboard', false)}
      onKeyDownCapture={({ key, currentTarget, target }) => {
        // a menu of the toolbar lies elsewhere in the document, and Escape closes only that
        if (key === 'Escape' && target instanceof Node && currentTarget.contains(target)) props.onHide();
      }}
      onClick={({ detail, target }) => {
        const opensMenu = target instanceof Element && target.closest('[aria-haspopup]') !== null;
        if (detail > 0 && !opensMenu) props.onUsed();
      }}
    >
      <span className="session-name clip" title={connection.name}>
        {connection.name}
      </span>
      {connection.encrypted ? (
        <PictureMark exact={exact} />
      ) : (
        <Badge tone="danger" icon={<LockOpen aria-hidden="true" />}>
          {t('plain.badge')}
        </Badge>
      )}
      <span className="session-rule" />
      <Segmented<PictureScale>
        label={t('viewer.scale.label')}
        value={scale}
        options={[
          { value: 'fit', label: t('viewer.scale.fit') },
          { value: 'original', label: t('viewer.scale.original') },
          { value: 'stretch', label: t('viewer.scale.stretch') },
        ]}
        onChange={props.onScale}
      />
      <IconButton
        label={t(fullscreen ? 'viewer.leave-fullscreen' : 'viewer.fullscreen')}
        icon={fullscreen ? <Minimize /> : <Maximize />}
        onClick={() => props.onFullscreen(!fullscreen)}
      />
      {connection.encrypted && (
        <PictureMenu
          value={connection.picture}
          onChange={props.onPicture}
          onOpenChange={(open) => props.onHold('menu', open)}
          onClosed={props.onUsed}
        />
      )}
      {sources.length > 1 && (
        <ToolbarMenu
          label={t('viewer.displays')}
          icon={<Monitor />}
          onOpenChange={(open) => props.onHold('menu', open)}
          onClosed={props.onUsed}
        >
          <MenuChoice
            label={t('viewer.displays')}
            value={sourceId ?? ''}
            options={sources.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={props.onSource}
          />
        </ToolbarMenu>
      )}
      <ToolbarMenu
        label={t('viewer.keys')}
        icon={<Keyboard />}
        disabled={!mayControl || connection.viewOnly}
        onOpenChange={(open) => props.onHold('menu', open)}
        onClosed={props.onUsed}
      >
        {specialKeysFor(connection.system).map(({ label, codes }) => (
          <MenuItem key={label} onSelect={() => props.onKeys(codes)}>
            {label}
          </MenuItem>
        ))}
      </ToolbarMenu>
      <IconButton
        label={t('viewer.view-only')}
        icon={<Eye />}
        pressed={connection.viewOnly || !mayControl}
        disabled={!mayControl}
        onClick={() => props.onViewOnly(!connection.viewOnly)}
      />
      {connection.encrypted && (
        <PermissionsMenu
          permissions={connection.permissions}
          onOpenChange={(open) => props.onHold('menu', open)}
          onClosed={props.onUsed}
        />
      )}
      <IconButton
        label={`${t('viewer.statistics')} (${LOCAL_CHORD_LABELS['toggle-statistics']})`}
        icon={<Activity />}
        pressed={statistics}
        onClick={() => props.onStatistics(!statistics)}
      />
      {connection.encrypted && connection.pairing !== 'paired' && (
        <IconButton
          label={t('pairing.ask')}
          icon={<Link2 />}
          disabled={
            connection.phase !== 'active' || connection.pairing === 'asked' || connection.pairing === 'declined'
          }
          onClick={props.onPair}
        />
      )}
      <span className="session-rule" />
      <IconButton
        label={`${t('viewer.hide-toolbar')} (${LOCAL_CHORD_LABELS['toggle-toolbar']})`}
        icon={<ChevronUp />}
        onClick={props.onHide}
      />
      <IconButton tone="danger" label={t('viewer.disconnect')} icon={<Unplug />} onClick={props.onDisconnect} />
    </div>
  );
}

/** What is left of a hidden toolbar: a tab at the upper edge. */
export function ToolbarTab({ onShow }: { onShow: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className="session-tab"
      aria-label={`${t('viewer.show-toolbar')} (${LOCAL_CHORD_LABELS['toggle-toolbar']})`}
      onClick={onShow}
    >
      <ChevronDown aria-hidden="true" />
    </button>
  );
}
