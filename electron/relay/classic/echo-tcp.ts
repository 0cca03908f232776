// Owns the TCP echo: a request comes back in upper case, without the white space around it.

import { ByteQueue } from './byte-queue.ts';
import type { ClassicOptions, ClassicService } from './classic-service.ts';
import { ECHO_LIMITS, echoOf } from './echo.ts';
import type { ClientHandler, TcpClient } from './tcp-client.ts';
import { TCP_SERVICE_LIMITS, TcpService, type TcpServiceLimits } from './tcp-service.ts';
import { wholeCharacters } from './text-messages.ts';

const SERVICE_LIMITS: TcpServiceLimits = { ...TCP_SERVICE_LIMITS, queueBytes: 64 * 1024, unitsPerSecond: 10_000 };

/** Starts the TCP echo. What one read brings is a request, 1,024 bytes at most. Throws `port-taken` or `not-supported`. */
export function startEchoTcp({ port, bindAddress, clock, log }: ClassicOptions): Promise<ClassicService> {
  const makeHandler = (client: TcpClient): ClientHandler => {
    const received = new ByteQueue();
    /** Bytes that are answered as they are; a beginning character waits for its rest. */
    let whole = 0;
    return {
      take(chunk) {
        received.push(chunk);
        whole = wholeCharacters(received.peek(received.length));
      },
      step() {
        if (whole === 0) return false;
        const { maxRequestBytes } = ECHO_LIMITS;
        const length = whole > maxRequestBytes ? wholeCharacters(received.peek(maxRequestBytes)) : whole;
        whole -= length;
        client.allowance.spend(1);
        client.send(echoOf(received.take(length)));
        return true;
      },
      get partialBytes() {
        return received.length;
      },
      onPause() {
        whole = received.length;
      },
      onFinished: () => client.end(),
      refuse: () => undefined,
      onClosed: () => undefined,
    };
  };
  return TcpService.open({ name: 'echo-tcp', port, bindAddress, clock, log, limits: SERVICE_LIMITS, makeHandler });
}
