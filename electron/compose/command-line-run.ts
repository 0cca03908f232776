// Owns doing what the command line asks for once everything is built: share, or connect.
import { TarnetError } from '../../shared/base/errors.ts';
import type { ConnectionState } from '../../shared/ipc/state.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { ConnectRequest, StartRequest } from '../app/command-line.ts';
import type { Connections, ConnectionWish } from '../app/connections.ts';
import { isAccessCode } from '../app/secret-file.ts';
import type { HostParts } from './host-parts.ts';

export interface CommandLineRunOptions {
  host: Pick<HostParts, 'sharing' | 'listSources'>;
  connections: Pick<Connections, 'open'>;
  relayPort(): number;
  showHome(): void;
  /** Says why on standard error and ends the app: there may be no window that could. */
  fail(message: string): void;
  /** Says it on standard error. */
  say(message: string): void;
}

export class CommandLineRun {
  readonly #options: CommandLineRunOptions;
  #connectionId: string | null = null;

  constructor(options: CommandLineRunOptions) {
    this.#options = options;
  }

  /** Starts sharing or connecting, if that was asked for; what goes wrong is said on standard error. */
  async run({ share, connect, hidden }: StartRequest, secret: string | null): Promise<void> {
    const { host, connections, relayPort, showHome, fail } = this.#options;
    try {
      if (share) {
        if (share.display !== null)
          await host.sharing.selectSource(displayNumber(await host.listSources(), share.display).id);
        await host.sharing.start(relayPort());
      }
    } catch (error) {
      const { message } = TarnetError.from(error);
      if (hidden) fail(message);
      else showHome();
    }
    if (connect && secret !== null) {
      this.#connectionId = connections.open(wishOf(connect, secret));
    }
  }

  /** What a later start asks this app to connect to. Its failure is shown like any other, and ends nothing. */
  connectLater(connect: ConnectRequest, secret: string): void {
    this.#options.connections.open(wishOf(connect, secret));
    this.#options.showHome();
  }

  /** The connection of the command line is over: without a window that says why, that is the end of the app. */
  connectionEnded({ id, error, fingerprint }: ConnectionState): void {
    if (this.#connectionId !== id) return;
    const message = error ? `${error.reason}: ${error.message}` : 'the session has ended';
    const wasIn = fingerprint.length > 0;
    if (wasIn) this.#options.say(message);
    else this.#options.fail(message);
  }
}

function wishOf(request: ConnectRequest, secret: string): ConnectionWish {
  const { place, viewOnly, fullscreen, statisticsFile } = request;
  return {
    place,
    name: null,
    proof: { kind: isAccessCode(secret) ? 'code' : 'password', secret },
    viewOnly,
    unseen: true,
    bare: fullscreen,
    fullscreen,
    statisticsFile,
  };
}

/** Display number N, from 1 in the system's order. Throws `not-found`. */
function displayNumber(sources: readonly CaptureSource[], number: number): CaptureSource {
  const displays = sources.filter(({ kind }) => kind === 'display');
  const display = displays[number - 1];
  if (!display)
    throw new TarnetError('not-found', `--display: there is no display ${number}`, {
      field: '--display',
      limit: `1 to ${displays.length}`,
    });
  return display;
}
