// Owns the main process's end of the X11 capture process: starts it, parses what it says, ends it.
import * as v from 'valibot';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import type { TileRect } from '../../../shared/model/tiles.ts';
import type { MediaFrame } from '../../../shared/model/video.ts';
import type { CursorUpdate } from '../picture-source.ts';
import { type X11Command, type X11Report, x11ReportSchema } from './x11-messages.ts';

/** What is needed of Electron's UtilityProcess. */
export interface CaptureProcess {
  postMessage(message: X11Command): void;
  on(event: 'message', listener: (message: unknown) => void): void;
  on(event: 'spawn', listener: () => void): void;
  on(event: 'exit', listener: (code: number) => void): void;
  kill(): boolean;
}

export interface X11CaptureClientEvents {
  /** The area that is pictured, in pixels of the whole screen. */
  onStarted(area: TileRect): void;
  onFrame(frame: MediaFrame): void;
  onCursor(update: CursorUpdate): void;
  onVideo(area: TileRect | null): void;
  onGeometry(): void;
  /** Once; nothing follows. `not-supported` when this display has to be captured in another way. */
  onFailed(error: TarnetError): void;
}

export class X11CaptureClient {
  readonly #process: CaptureProcess;
  readonly #events: X11CaptureClientEvents;
  readonly #log: Log;
  #ended = false;

  constructor(
    process: CaptureProcess,
    start: Omit<Extract<X11Command, { kind: 'start' }>, 'kind'>,
    log: Log,
    events: X11CaptureClientEvents,
  ) {
    this.#process = process;
    this.#events = events;
    this.#log = log;
    process.on('message', (message) => this.#hear(message));
    // Electron does not end a process that has not started yet
    process.on('spawn', () => {
      if (this.#ended) process.kill();
    });
    process.on('exit', (code) => this.#fail(new TarnetError('capture-failed', `the capture process ended: ${code}`)));
    this.send({ kind: 'start', ...start });
  }

  send(command: X11Command): void {
    if (!this.#ended) this.#process.postMessage(command);
  }

  close(): void {
    this.#ended = true;
    this.#process.kill();
  }

  #hear(message: unknown): void {
    if (this.#ended) return;
    const parsed = v.safeParse(x11ReportSchema, message);
    if (parsed.success) this.#obey(parsed.output);
    else this.#fail(TarnetError.malformed('report', v.getDotPath(parsed.issues[0]) ?? 'unknown kind'));
  }

  #obey(report: X11Report): void {
    switch (report.kind) {
      case 'started':
        this.#events.onStarted(report.area);
        break;
      case 'frame':
        this.#events.onFrame(report.frame);
        break;
      case 'cursor':
        this.#events.onCursor(report.update);
        break;
      case 'video':
        this.#events.onVideo(report.area);
        break;
      case 'geometry':
        this.#events.onGeometry();
        break;
      case 'failed':
        this.#fail(new TarnetError(report.reason, report.message));
        break;
      case 'log':
        this.#log[report.level](report.message, report.fields);
        break;
    }
  }

  #fail(error: TarnetError): void {
    if (this.#ended) return;
    this.close();
    this.#events.onFailed(error);
  }
}
