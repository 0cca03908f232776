// Owns the UDP echo: a datagram comes back in upper case, without any connection, and never to more than it came from.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { SecondRate } from '../limits.ts';
import { peerAddress, rateKey } from '../peer-address.ts';
import { type ClassicOptions, type ClassicService, listenError } from './classic-service.ts';
import { ECHO_LIMITS, echoOf } from './echo.ts';

export const UDP_ECHO_LIMITS = {
  /** Of one address; twice as many at once. */
  answersPerSecondPerAddress: 200,
  /** Of all addresses: senders can lie about theirs. */
  answersPerSecond: 5_000,
  maxAddresses: 1_024,
  /** Answers that wait for the network. */
  maxWaitingBytes: 1024 * 1024,
} as const;

/** Ports below are those of services that answer anything (echo 7, chargen 19, DNS 53): two echoes would never stop. */
const FIRST_CLIENT_PORT = 1_024;

/** Starts the UDP echo. Requests over 1,024 bytes are not answered. Throws `port-taken` or `not-supported`. */
export async function startEchoUdp({ port, bindAddress, clock, log }: ClassicOptions): Promise<ClassicService> {
  const socket = createSocket({ type: isIPv6(bindAddress) ? 'udp6' : 'udp4' });
  await bind(socket, port, bindAddress);
  const ownPort = socket.address().port;
  const all = new SecondRate(clock, UDP_ECHO_LIMITS.answersPerSecond);
  const byAddress = new Map<string, SecondRate>();

  const mayAnswer = (from: RemoteInfo): boolean => {
    // From our own port number it is another echo: each would answer the other for ever.
    if (from.port < FIRST_CLIENT_PORT || from.port === ownPort) return false;
    if (socket.getSendQueueSize() > UDP_ECHO_LIMITS.maxWaitingBytes) return false;
    const key = rateKey(peerAddress(from.address));
    const rate = byAddress.get(key) ?? new SecondRate(clock, UDP_ECHO_LIMITS.answersPerSecondPerAddress);
    byAddress.delete(key);
    byAddress.set(key, rate);
    if (byAddress.size > UDP_ECHO_LIMITS.maxAddresses) {
      const [oldest] = byAddress.keys();
      if (oldest !== undefined) byAddress.delete(oldest);
    }
    return rate.take() && all.take();
  };

  socket.on('message', (request, from) => {
    if (request.length > ECHO_LIMITS.maxRequestBytes || !mayAnswer(from)) return;
    const answer = echoOf(request);
    // Some letters need more bytes in upper case. Whoever lies about an address must not gain by it.
    if (answer.length > request.length) return;
    socket.send(answer, from.port, from.address, (error) => {
      if (error) log.debug('answer not sent', { error: error.message });
    });
    log.debug('answered', { address: from.address, port: from.port, bytes: answer.length });
  });
  // For example what the network says about an earlier answer; the socket stays good.
  socket.on('error', (error) => log.debug('socket error', { error: error.message }));
  log.info('listens, without encryption', { port: ownPort, bindAddress });

  let closing: Promise<void> | null = null;
  return {
    name: 'echo-udp',
    port: ownPort,
    clients: 0,
    close() {
      closing ??= new Promise<void>((resolve) => socket.close(() => resolve())).then(() => log.info('closed'));
      return closing;
    },
  };
}

function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      socket.close();
      reject(listenError(error, 'echo-udp', port));
    };
    socket.once('error', onError);
    socket.bind({ port, address, exclusive: true }, () => {
      socket.off('error', onError);
      resolve();
    });
  });
}
