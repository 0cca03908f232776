// Owns a classic service for a test: started on a free port of loopback, and everything closed after it.
import { readdirSync } from 'node:fs';
import { systemClock } from '../../electron/app/system-clock.ts';
import { noActivityLog } from '../../electron/relay/classic/activity-log.ts';
import type { ClassicOptions, ClassicService } from '../../electron/relay/classic/classic-service.ts';
import { CLASSIC_SERVICES, type ClassicName } from '../../electron/relay/classic/classic-services.ts';
import { silentLog } from '../../shared/base/log.ts';
import { FileClient, PlainClient } from './classic-clients.ts';

export class ClassicStage {
  readonly service: ClassicService;
  readonly #clients = new Set<PlainClient>();

  private constructor(service: ClassicService) {
    this.service = service;
  }

  static async open(name: ClassicName, options: Partial<ClassicOptions> = {}): Promise<ClassicStage> {
    const service = await CLASSIC_SERVICES[name].start({
      port: 0,
      bindAddress: '127.0.0.1',
      clock: systemClock,
      log: silentLog,
      filesFolder: null,
      activityLog: noActivityLog,
      ...options,
    });
    return new ClassicStage(service);
  }

  client(options?: ConstructorParameters<typeof PlainClient>[1]): Promise<PlainClient> {
    return this.#add(new PlainClient(this.service.port, options));
  }

  fileClient(options?: ConstructorParameters<typeof PlainClient>[1]): Promise<FileClient> {
    return this.#add(new FileClient(this.service.port, options));
  }

  /** Resolves when the service knows so many clients: connected is not yet accepted. */
  async knows(count: number): Promise<void> {
    while (this.service.clients !== count) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    for (const { socket } of this.#clients) socket.destroy();
    await this.service.close();
  }

  #add<C extends PlainClient>(client: C): Promise<C> {
    this.#clients.add(client);
    return client.open();
  }
}

/** How many files and sockets this process has open; null where the system does not say. */
export function openDescriptors(): number | null {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : null;
}
