// Owns the remote picture and the hand over it: pictures go to the painter and input to the host, past React.
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyCode } from '../../../shared/model/key-codes.ts';
import type { LocalChord } from '../../input/local-chords.ts';
import { hasWholePixels, type PictureScale } from '../../input/picture-mapping.ts';
import './remote-screen.css';
import { useHand } from './use-hand.ts';
import { useHostCursor } from './use-host-cursor.ts';
import { type Picture, usePicture } from './use-picture.ts';
import { type SourceSize, useStage } from './use-stage.ts';

/** What the rest of the window needs of the screen. */
export interface RemoteScreenHandle extends Picture {
  focus(): void;
  pressCombination(codes: readonly KeyCode[]): void;
  releaseAll(): void;
  setKeyboardLock(on: boolean): void;
}

interface RemoteScreenProps {
  ref: RefObject<RemoteScreenHandle | null>;
  name: string;
  encrypted: boolean;
  scale: PictureScale;
  /** False while nothing may be sent. */
  controlling: boolean;
  stale: boolean;
  onChord: (chord: LocalChord) => void;
}

/** Before the first picture there is nothing to place. */
const NO_PICTURE: SourceSize = { widthPx: 0, heightPx: 0 };

export function RemoteScreen({ ref, name, encrypted, scale, controlling, stale, onChord }: RemoteScreenProps) {
  const { t } = useTranslation();
  const viewport = useRef<HTMLDivElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLImageElement>(null);
  const picture = usePicture(canvas, encrypted);
  const size = picture.size ?? NO_PICTURE;
  const { layout, contentWidthCss, contentHeightCss, mapping } = useStage(viewport, size, scale);
  const enabled = controlling && picture.size !== null;
  const hand = useHand({ surface, viewport, mapping, enabled, pans: scale === 'original', onChord });
  useHostCursor({ surface, overlay, mapping, layout, controlling });
  useImperativeHandle(
    ref,
    () => ({
      ...picture,
      focus: () => hand.current?.focus(),
      pressCombination: (codes) => hand.current?.pressCombination(codes),
      releaseAll: () => hand.current?.releaseAll(),
      setKeyboardLock: (on) => hand.current?.setKeyboardLock(on),
    }),
    [picture, hand],
  );
  // Chords work while only looking, too.
  useEffect(() => hand.current?.focus(), [hand]);

  return (
    <div ref={viewport} className="remote-viewport" data-stale={stale ? '' : undefined}>
      <div
        ref={surface}
        className="remote-surface"
        role="application"
        aria-label={t('viewer.picture', { name })}
        style={{ width: contentWidthCss, height: contentHeightCss }}
      >
        <canvas
          ref={canvas}
          className="remote-picture"
          hidden={picture.size === null}
          style={{
            left: layout.leftCss,
            top: layout.topCss,
            width: layout.widthCss,
            height: layout.heightCss,
            imageRendering: hasWholePixels(layout) ? 'pixelated' : 'auto',
          }}
        />
        <img ref={overlay} className="remote-pointer" alt="" hidden />
      </div>
    </div>
  );
}
