// Owns the hidden, sandboxed window that turns the screen into video: opens it, commands it, parses what it reports.
import { BrowserWindow, ipcMain, type Session } from 'electron';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import {
  CAPTURE_COMMAND_CHANNEL,
  CAPTURE_REPORT_CHANNEL,
  type CaptureCommand,
  type CaptureReport,
  captureReportSchema,
} from '../../shared/ipc/capture.ts';
import { CaptureRun, type CaptureRunEvents, type CaptureStart } from './capture-run.ts';
import type { EncoderMemory } from './encoder-memory.ts';

export const CAPTURE_WINDOW_LIMITS = {
  loadTimeoutMs: 10_000,
  /** From the command to stop to the last frame. */
  endTimeoutMs: 1_000,
} as const;

export interface CaptureWindowOptions {
  /** Absolute path of the built capture preload. */
  preload: string;
  /** URL of the capture page; its origin is the only one that may report. */
  url: string;
  /** What is known of this machine's encoders. */
  encoders: Pick<EncoderMemory, 'known' | 'note'>;
  log: Log;
  clock: Clock;
  session?: Session;
}

interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: TarnetError) => void;
}

export class CaptureWindow {
  readonly #options: CaptureWindowOptions;
  readonly #log: Log;
  #window: BrowserWindow | null = null;
  #loaded: Deferred | null = null;
  #run: { number: number; events: CaptureRunEvents; cancelTimer: () => void } | null = null;
  #runs = 0;

  constructor(options: CaptureWindowOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  /** Opens the window and waits for its page. Throws `capture-failed`. */
  open(): Promise<void> {
    if (this.#loaded) return this.#loaded.promise;
    const loaded = deferred();
    this.#loaded = loaded;
    const { preload, url, session, clock } = this.#options;
    const window = new BrowserWindow({
      show: false,
      skipTaskbar: true,
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        backgroundThrottling: false,
        ...(session ? { session } : {}),
      },
    });
    this.#window = window;
    const failed = (message: string) => {
      if (this.#window === window) this.#fail(new TarnetError('capture-failed', message));
    };
    const cancel = clock.after(CAPTURE_WINDOW_LIMITS.loadTimeoutMs, () => failed('the capture page did not load'));
    loaded.promise.then(cancel, cancel);
    window.webContents.on('render-process-gone', (_event, details) =>
      failed(`the capture page died: ${details.reason}`),
    );
    window.webContents.on('did-fail-load', (_event, code, text) =>
      failed(`the capture page did not load: ${code} ${text}`),
    );
    // what was an argument of its own is a property of the event in newer versions of Electron
    window.webContents.on('console-message', (event, _level, message: string | undefined) => {
      this.#log.debug('capture page', { message: (message ?? event.message).slice(0, 300) });
    });
    ipcMain.on(CAPTURE_REPORT_CHANNEL, this.#hear);
    window.loadURL(url).catch((error: unknown) => failed(String(error)));
    return loaded.promise;
  }

  /**
   * Starts a capture, which fails when no frame has come after the time-out; one that still runs is given up without a
   * word. The window has to be open.
   */
  start(start: CaptureStart, firstFrameTimeoutMs: number, events: CaptureRunEvents): CaptureRun {
    this.#run?.cancelTimer();
    const number = ++this.#runs;
    const cancelTimer = this.#options.clock.after(firstFrameTimeoutMs, () =>
      this.#fail(new TarnetError('capture-failed', 'the source delivers no picture')),
    );
    this.#run = { number, events, cancelTimer };
    const send = (command: CaptureCommand) => this.#send(command);
    // Chromium stamps captured frames with the clock that hrtime reads
    const epochOffsetUs = Math.round(this.#options.clock.nowMs() * 1000 - Number(process.hrtime.bigint() / 1000n));
    send({ kind: 'start', run: number, epochOffsetUs, encoders: this.#options.encoders.known, ...start });
    return new CaptureRun(number, send);
  }

  /** Ends everything and frees the page; `open` may follow. */
  close(): void {
    this.#run?.cancelTimer();
    this.#run = null;
    ipcMain.off(CAPTURE_REPORT_CHANNEL, this.#hear);
    this.#loaded?.reject(new TarnetError('cancelled', 'the capture window was closed'));
    this.#loaded?.promise.catch(() => undefined);
    this.#loaded = null;
    this.#window?.destroy();
    this.#window = null;
  }

  #send(command: CaptureCommand): void {
    if (command.run !== this.#run?.number) return;
    if (command.kind === 'stop') {
      const run = this.#run;
      run.cancelTimer();
      run.cancelTimer = this.#options.clock.after(CAPTURE_WINDOW_LIMITS.endTimeoutMs, () => this.#end(run.number));
    }
    this.#window?.webContents.send(CAPTURE_COMMAND_CHANNEL, command);
  }

  readonly #hear = (event: Electron.IpcMainEvent, message: unknown): void => {
    const window = this.#window;
    if (!window || event.sender !== window.webContents) return;
    const frame = event.senderFrame;
    if (!frame || frame.parent !== null || frame.origin !== originOf(this.#options.url)) {
      this.#log.warn('a capture report from elsewhere was refused');
      return;
    }
    const parsed = v.safeParse(captureReportSchema, message);
    if (parsed.success) this.#obey(parsed.output);
    else this.#log.warn('a capture report was malformed', { field: v.getDotPath(parsed.issues[0]) ?? 'kind' });
  };

  #obey(report: CaptureReport): void {
    if (report.kind === 'loaded') {
      this.#loaded?.resolve();
      return;
    }
    const run = this.#run;
    if (!run || report.run !== run.number) return;
    switch (report.kind) {
      case 'running': {
        const { kind: _kind, run: _run, ...size } = report;
        run.cancelTimer();
        run.events.onRunning(size);
        break;
      }
      case 'frame':
        run.events.onFrame(report.frame);
        break;
      case 'jpeg':
        run.events.onJpeg(report.data);
        break;
      case 'encoder':
        this.#log.info('encoder', { codec: report.codec, detail: report.detail });
        break;
      case 'timing':
        this.#options.encoders.note(report.timing);
        break;
      case 'still':
        run.events.onStill(report.still);
        break;
      case 'ended':
        this.#end(run.number);
        break;
      case 'failed':
        run.cancelTimer();
        this.#run = null;
        run.events.onFailed(new TarnetError(report.reason, report.detail));
        break;
    }
  }

  #end(number: number): void {
    const run = this.#run;
    if (run?.number !== number) return;
    run.cancelTimer();
    this.#run = null;
    run.events.onEnded();
  }

  /** The page is of no more use. */
  #fail(error: TarnetError): void {
    const run = this.#run;
    this.#loaded?.reject(error);
    this.close();
    run?.events.onFailed(error);
  }
}

/** Node's URL knows no origin for a scheme of our own. */
function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

function deferred(): Deferred {
  let resolve: Deferred['resolve'] = () => undefined;
  let reject: Deferred['reject'] = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
