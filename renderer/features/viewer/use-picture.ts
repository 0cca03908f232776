// Owns the painter of this window: feeds it what main delivers, and tells main what it needs. Frames never reach the store.
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { Bridge } from '../../../shared/ipc/contract.ts';
import type { LinkStatistics, PaintReport } from '../../../shared/ipc/media.ts';
import { PicturePainter, type PictureStatistics } from '../../media/picture-painter.ts';
import { PlainPainter } from '../../media/plain-painter.ts';
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

/** @param encrypted decides which pictures are taken at all: those of the other kind are not even listened to */
export function usePicture(canvas: RefObject<HTMLCanvasElement | null>, encrypted: boolean): Picture {
  const bridge = useBridge();
  const painter = useRef<Painting['painter'] | null>(null);
  const link = useRef<LinkStatistics | null>(null);
  const lastSign = useRef<number | null>(null);
  const [size, setSize] = useState<SourceSize | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const onSize = (widthPx: number, heightPx: number) => setSize({ widthPx, heightPx });
    const onReport = (report: PaintReport) => bridge.send('session.paint-report', report);
    const alive = () => {
      lastSign.current = Date.now();
    };
    const onLink = (statistics: LinkStatistics) => {
      link.current = statistics;
      // a link that speaks of a picture that never came says nothing about its age
      if (lastSign.current !== null) lastSign.current = Date.now() - statistics.silentMs;
    };
    const begun = encrypted
      ? paintUpdates(bridge, element, { onSize, onReport, onLink, alive })
      : paintPlain(bridge, element, { onSize, onReport, onLink, alive });
    painter.current = begun.painter;
    bridge.send('session.ready', undefined);
    return () => {
      for (const end of begun.stop) end();
      painter.current = null;
      begun.painter.close();
    };
  }, [bridge, canvas, encrypted]);

  const statistics = useCallback(() => painter.current?.statistics() ?? null, []);
  const readLink = useCallback(() => link.current, []);
  const lastSignMs = useCallback(() => lastSign.current, []);
  return { size, statistics, link: readLink, lastSignMs };
}

interface Painting {
  painter: { statistics(): PictureStatistics; close(): void };
  stop: (() => void)[];
}

interface PaintingEvents {
  onSize(widthPx: number, heightPx: number): void;
  onReport(report: PaintReport): void;
  onLink(statistics: LinkStatistics): void;
  /** A picture came. */
  alive(): void;
}

function paintUpdates(bridge: Bridge, canvas: HTMLCanvasElement, events: PaintingEvents): Painting {
  const { onSize, onReport, onLink, alive } = events;
  const painter = new PicturePainter(canvas, {
    onTrouble: (trouble) => bridge.send('session.picture-trouble', trouble),
    onReport,
    onSize,
  });
  const stop = [
    bridge.on('session.frame', (delivery) => {
      alive();
      painter.deliver(delivery);
    }),
    bridge.on('session.input-injected', (injected) => painter.inputInjected(injected)),
    bridge.on('session.link', (statistics) => {
      onLink(statistics);
      painter.setClockOffsetMs(statistics.clockOffsetMs);
    }),
  ];
  return { painter, stop };
}

function paintPlain(bridge: Bridge, canvas: HTMLCanvasElement, events: PaintingEvents): Painting {
  const { onSize, onReport, onLink, alive } = events;
  const painter = new PlainPainter(canvas, { onReport, onSize });
  const stop = [
    bridge.on('session.plain-picture', (delivery) => {
      alive();
      painter.deliver(delivery);
    }),
    bridge.on('session.link', onLink),
  ];
  return { painter, stop };
}
