// Owns the chat relay: what one client sends goes to every other client, with the sender's address and the time before it.
import { timeStamp } from '../time-stamp.ts';
import type { ClassicOptions, ClassicService } from './classic-service.ts';
import type { ClientHandler, TcpClient } from './tcp-client.ts';
import { TCP_SERVICE_LIMITS, TcpService, type TcpServiceLimits } from './tcp-service.ts';
import { printable, TextMessages } from './text-messages.ts';

export const CHAT_LIMITS = {
  /** Longer messages go out in several. */
  maxMessageBytes: 1_024,
} as const;

const SERVICE_LIMITS: TcpServiceLimits = {
  ...TCP_SERVICE_LIMITS,
  // People listen for long. A machine that is gone is found by the kernel.
  idleMs: 12 * 60 * 60 * 1000,
  unitsPerSecond: 256,
};

/** Starts the chat relay (UTF-8 over TCP). Throws `port-taken` or `not-supported`. */
export async function startChat(options: ClassicOptions): Promise<ClassicService> {
  const { clock, log } = options;

  const makeHandler = (client: TcpClient): ClientHandler => {
    const messages = new TextMessages(CHAT_LIMITS.maxMessageBytes);
    return {
      take: (chunk) => messages.push(chunk),
      step() {
        const message = messages.next();
        if (!message) return false;
        client.allowance.spend(1);
        if (message.text.trim() === '') return true;
        const line = `[${client.name} ${timeStamp(clock.nowMs())}] ${printable(message.text)}\n`;
        const bytes = Buffer.from(line, 'utf8');
        let receivers = 0;
        for (const other of service.connected) {
          if (other === client || !other.isOpen) continue;
          other.send(bytes);
          receivers += 1;
        }
        log.debug('message passed on', { client: client.name, characters: message.text.length, receivers });
        return true;
      },
      get partialBytes() {
        return messages.partialBytes;
      },
      onPause: (final) => messages.flush(final),
      onFinished: () => client.end(),
      refuse: () => undefined,
      onClosed: () => undefined,
    };
  };

  const { port, bindAddress } = options;
  const service = await TcpService.open({
    name: 'chat',
    port,
    bindAddress,
    clock,
    log,
    limits: SERVICE_LIMITS,
    makeHandler,
  });
  return service;
}
