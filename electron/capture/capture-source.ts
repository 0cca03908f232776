// Owns what can be shared: Electron's displays joined with desktopCapturer's sources, and word of their changes.
import type { DesktopCapturer, Display, Screen } from 'electron';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';

export const CAPTURE_SOURCE_LIMITS = {
  thumbnailWidthPx: 320,
  thumbnailHeightPx: 200,
  /** Sources listed; windows beyond it are left out. */
  maxSources: 64,
  maxNameLength: 200,
  /** Displays change in bursts: one word is enough. */
  changeDelayMs: 150,
} as const;

/** What is needed of a `DesktopCapturerSource`. */
export interface RawSource {
  id: string;
  name: string;
  display_id: string;
  thumbnail: { isEmpty(): boolean; toDataURL(): string };
}

export class CaptureSources {
  readonly #capturer: Pick<DesktopCapturer, 'getSources'>;
  readonly #screen: Screen;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | null = null;

  constructor(capturer: Pick<DesktopCapturer, 'getSources'>, screen: Screen, log: Log) {
    this.#capturer = capturer;
    this.#screen = screen;
    this.#log = log;
    screen.on('display-added', this.#changed);
    screen.on('display-removed', this.#changed);
    screen.on('display-metrics-changed', this.#changed);
  }

  /** Displays first, the primary one before the others, then windows. Throws `capture-failed`. */
  async list(withThumbnails: boolean): Promise<CaptureSource[]> {
    const { thumbnailWidthPx: width, thumbnailHeightPx: height, maxSources } = CAPTURE_SOURCE_LIMITS;
    const thumbnailSize = withThumbnails ? { width, height } : { width: 0, height: 0 };
    try {
      const raw = await this.#capturer.getSources({ types: ['screen', 'window'], thumbnailSize });
      return joinSources(raw, this.#screen.getAllDisplays(), this.#screen.getPrimaryDisplay().id).slice(0, maxSources);
    } catch (cause) {
      throw new TarnetError('capture-failed', 'the system does not list what can be shared', { cause });
    }
  }

  /** One source without a thumbnail. Throws `capture-failed` when it is gone. */
  async find(sourceId: string): Promise<CaptureSource> {
    const source = (await this.list(false)).find(({ id }) => id === sourceId);
    if (!source) throw new TarnetError('capture-failed', `no such source: ${sourceId}`, { field: 'sourceId' });
    return source;
  }

  /** Calls back shortly after displays were added, removed, resized or moved; returns what stops that. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#screen.off('display-added', this.#changed);
    this.#screen.off('display-removed', this.#changed);
    this.#screen.off('display-metrics-changed', this.#changed);
    this.#listeners.clear();
  }

  readonly #changed = (): void => {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#log.info('displays changed');
      for (const listener of this.#listeners) listener();
    }, CAPTURE_SOURCE_LIMITS.changeDelayMs);
  };
}

type DisplayPlace = Pick<Display, 'id' | 'label' | 'bounds' | 'scaleFactor'>;

/**
 * Joins sources with displays: by `display_id`, and where the platform does not tell that, by their order. Sizes
 * become physical pixels.
 */
export function joinSources(
  raw: readonly RawSource[],
  displays: readonly DisplayPlace[],
  primaryId: number,
): CaptureSource[] {
  const screens = raw.filter((source) => source.id.startsWith('screen:'));
  const windows = raw.filter((source) => !source.id.startsWith('screen:'));
  const joined = screens.map((source, index): CaptureSource => {
    const display = displays.find(({ id }) => String(id) === source.display_id) ?? displays[index];
    const scale = display?.scaleFactor ?? 1;
    return {
      ...describe(source, 'display'),
      name: (display?.label || source.name).slice(0, CAPTURE_SOURCE_LIMITS.maxNameLength),
      xPx: Math.round((display?.bounds.x ?? 0) * scale),
      yPx: Math.round((display?.bounds.y ?? 0) * scale),
      widthPx: Math.round((display?.bounds.width ?? 0) * scale),
      heightPx: Math.round((display?.bounds.height ?? 0) * scale),
      scaleFactor: scale,
      primary: display?.id === primaryId,
    };
  });
  joined.sort((one, other) => Number(other.primary) - Number(one.primary));
  return [...joined, ...windows.map((source) => describe(source, 'window'))];
}

function describe(source: RawSource, kind: CaptureSource['kind']): CaptureSource {
  return {
    id: source.id,
    kind,
    name: source.name.slice(0, CAPTURE_SOURCE_LIMITS.maxNameLength),
    xPx: 0,
    yPx: 0,
    widthPx: 0,
    heightPx: 0,
    scaleFactor: 1,
    primary: false,
    thumbnail: source.thumbnail.isEmpty() ? '' : source.thumbnail.toDataURL(),
  };
}
