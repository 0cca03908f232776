// Owns a TCP proxy in front of a port that is as slow and as far as a test says: a rate, a delay and a short queue each way.
import { once } from 'node:events';
import net from 'node:net';
import { performance } from 'node:perf_hooks';

export const SHAPED_PROXY = {
  /** What the line holds before it takes no more: the kernels around it hold back the rest, as on a real way. */
  queueBytes: 64 * 1024,
  /** What crosses the line at once: an Ethernet packet. */
  packetBytes: 1_460,
} as const;

/** Of either direction; may be changed at any time, and holds for every packet that leaves from then on. */
export interface LineShape {
  bitsPerSecond: number;
  /** One way. */
  delayMs: number;
}

export interface ShapedProxy {
  port: number;
  /** To the target. */
  up: LineShape;
  /** From the target. */
  down: LineShape;
  close(): Promise<void>;
}

interface Waiting {
  bytes: Buffer;
  takenAtMs: number;
}

interface Packet {
  bytes: Buffer;
  /** When the last of it has crossed the line; not known before it is its turn. */
  arrivesAtMs: number;
}

/** One direction of one connection: packets cross the line one after another, then travel for the delay. */
class Line {
  readonly #from: net.Socket;
  readonly #to: net.Socket;
  readonly #shape: LineShape;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #travelling: Packet[] = [];
  #freeAtMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(from: net.Socket, to: net.Socket, shape: LineShape) {
    this.#from = from;
    this.#to = to;
    this.#shape = shape;
    from.on('data', (data: Buffer) => this.#take(data));
    from.on('close', () => this.#stop());
    to.on('close', () => this.#stop());
  }

  #take(data: Buffer): void {
    const takenAtMs = performance.now();
    for (let at = 0; at < data.length; at += SHAPED_PROXY.packetBytes)
      this.#waiting.push({ bytes: data.subarray(at, at + SHAPED_PROXY.packetBytes), takenAtMs });
    this.#waitingBytes += data.length;
    if (this.#waitingBytes > SHAPED_PROXY.queueBytes) this.#from.pause();
    this.#move();
  }

  #move(): void {
    this.#timer = null;
    const nowMs = performance.now();
    while (this.#waiting.length > 0 && this.#freeAtMs <= nowMs) {
      const next = this.#waiting.shift();
      if (!next) break;
      const { bytes, takenAtMs } = next;
      this.#waitingBytes -= bytes.length;
      // When the one before it was through, so that a late timer costs the line nothing; and idle time is lost.
      const startMs = Math.max(this.#freeAtMs, takenAtMs);
      this.#freeAtMs = startMs + (bytes.length * 8_000) / this.#shape.bitsPerSecond;
      this.#travelling.push({ bytes, arrivesAtMs: this.#freeAtMs + this.#shape.delayMs });
    }
    if (this.#waitingBytes <= SHAPED_PROXY.queueBytes) this.#from.resume();
    while (this.#travelling[0] && this.#travelling[0].arrivesAtMs <= nowMs) {
      const packet = this.#travelling.shift();
      if (packet) this.#to.write(packet.bytes);
    }
    const nextMs = Math.min(
      this.#waiting.length > 0 ? this.#freeAtMs : Number.POSITIVE_INFINITY,
      this.#travelling[0]?.arrivesAtMs ?? Number.POSITIVE_INFINITY,
    );
    if (nextMs !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#move(), Math.max(1, nextMs - nowMs));
  }

  #stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = [];
    this.#travelling = [];
  }
}

/** Listens on a free port of 127.0.0.1 and passes everything on to this port, in both directions alike. */
export async function startShapedProxy(targetPort: number, shape: LineShape): Promise<ShapedProxy> {
  const sockets = new Set<net.Socket>();
  const [up, down] = [{ ...shape }, { ...shape }];
  const adopt = (socket: net.Socket, other: net.Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = net.createServer((incoming) => {
    const outgoing = net.connect(targetPort, '127.0.0.1');
    adopt(incoming, outgoing);
    adopt(outgoing, incoming);
    new Line(incoming, outgoing, up);
    new Line(outgoing, incoming, down);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    port: address.port,
    up,
    down,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
