// Owns the painter of this window: feeds it what main delivers, and tells main what it needs. Frames never reach the store.
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { LinkStatistics } from '../../../shared/ipc/media.ts';
import { PicturePainter, type PictureStatistics } from '../../media/picture-painter.ts';
import { useBridge } from '../../store/use-app.ts';
import type { SourceSize } from './use-stage.ts';

export interface Picture {
  /** Null until the first picture is known. */
  size: SourceSize | null;
  statistics(): PictureStatistics | null;
  link(): LinkStatistics | null;
  /** When the picture last gave a sign of life, by Date.now(); null before the first. */
  lastSignMs(): number | null;
}

export function usePicture(canvas: RefObject<HTMLCanvasElement | null>): Picture {
  const bridge = useBridge();
  const painter = useRef<PicturePainter | null>(null);
  const link = useRef<LinkStatistics | null>(null);
  const lastSign = useRef<number | null>(null);
  const [size, setSize] = useState<SourceSize | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const made = new PicturePainter(element, {
      onTrouble: (trouble) => bridge.send('session.picture-trouble', trouble),
      onReport: (report) => bridge.send('session.paint-report', report),
      onSize: (widthPx, heightPx) => setSize({ widthPx, heightPx }),
    });
    painter.current = made;
    const stop = [
      bridge.on('session.frame', (delivery) => {
        lastSign.current = Date.now();
        made.deliver(delivery);
      }),
      bridge.on('session.input-injected', (injected) => made.inputInjected(injected)),
      bridge.on('session.link', (statistics) => {
        link.current = statistics;
        // a link that speaks of a picture that never came says nothing about its age
        if (lastSign.current !== null) lastSign.current = Date.now() - statistics.silentMs;
        made.setClockOffsetMs(statistics.clockOffsetMs);
      }),
    ];
    bridge.send('session.ready', undefined);
    return () => {
      for (const end of stop) end();
      painter.current = null;
      made.close();
    };
  }, [bridge, canvas]);

  const statistics = useCallback(() => painter.current?.statistics() ?? null, []);
  const readLink = useCallback(() => link.current, []);
  const lastSignMs = useCallback(() => lastSign.current, []);
  return { size, statistics, link: readLink, lastSignMs };
}
