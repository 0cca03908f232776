// Owns which of our windows is which: role and connection of every page that may call the main process.
import type { WindowRole } from '../../shared/ipc/kit.ts';
import type { IpcTarget, IpcWindows } from '../ipc/ipc-main.ts';

/** What is needed of a window's contents. */
export interface RegisteredContents {
  readonly id: number;
  send(channel: string, payload: unknown): void;
  isDestroyed(): boolean;
  once(event: 'destroyed', listener: () => void): unknown;
}

/** Knows a page from the moment its window is made until it is destroyed. */
export class WindowRegistry implements IpcWindows {
  readonly #targets = new Map<number, IpcTarget>();

  add(contents: RegisteredContents, role: WindowRole, connectionId: string | null): void {
    this.#targets.set(contents.id, {
      role,
      connectionId,
      webContentsId: contents.id,
      send: (channel, payload) => {
        if (!contents.isDestroyed()) contents.send(channel, payload);
      },
    });
    contents.once('destroyed', () => this.#targets.delete(contents.id));
  }

  find(webContentsId: number): IpcTarget | null {
    return this.#targets.get(webContentsId) ?? null;
  }

  all(): Iterable<IpcTarget> {
    return [...this.#targets.values()];
  }
}
