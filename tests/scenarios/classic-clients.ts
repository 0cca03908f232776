// Owns clients of the classic services, written from their description alone: plain sockets and bytes.
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** A TCP connection: everything that came, and waiting for what has not come yet. */
export class PlainClient {
  readonly socket: Socket;
  ended = false;
  closed = false;
  /** The code of the socket's error, if there was one. */
  error: string | null = null;
  #chunks: Buffer[] = [];
  #waiting: (() => void)[] = [];

  constructor(port: number, options: { allowHalfOpen?: boolean; localAddress?: string } = {}) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, ...options });
    this.socket.on('connect', () => this.#changed());
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#changed();
    });
    this.socket.on('end', () => {
      this.ended = true;
      this.#changed();
    });
    this.socket.on('error', (error) => {
      this.error = 'code' in error ? String(error.code) : error.message;
    });
    this.socket.on('close', () => {
      this.closed = true;
      this.#changed();
    });
  }

  /** What has come and was not taken out. */
  get bytes(): Buffer {
    const [first] = this.#chunks;
    if (this.#chunks.length < 2) return first ?? Buffer.alloc(0);
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.bytes;
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  get port(): number {
    return this.socket.localPort ?? 0;
  }

  async open(): Promise<this> {
    while (this.socket.connecting) await this.#change();
    if (this.socket.destroyed) throw new Error(`not connected: ${this.error}`);
    return this;
  }

  /** Resolves when the condition holds; asked again after everything that happens. */
  async until<T>(condition: () => T | null | undefined | false, what: string): Promise<T> {
    for (;;) {
      const value = condition();
      if (value !== null && value !== undefined && value !== false) return value;
      if (this.closed)
        throw new Error(`closed (${this.error}) while waiting for ${what}, after ${this.bytes.length} bytes`);
      await this.#change();
    }
  }

  /** The answer: as many bytes as it has, taken out. */
  async answer(expected: string): Promise<string> {
    const size = Buffer.byteLength(expected);
    await this.until(() => this.bytes.length >= size, JSON.stringify(expected));
    return this.take(size).toString('utf8');
  }

  async line(): Promise<string> {
    const at = await this.until(() => this.bytes.indexOf('\n') + 1 || null, 'a line');
    return this.take(at).toString('utf8').replace(/\n$/, '');
  }

  take(count: number): Buffer {
    const all = this.bytes;
    this.#chunks = [all.subarray(count)];
    return all.subarray(0, count);
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Each byte in a segment of its own. */
  async writeSlowly(data: string | Uint8Array): Promise<void> {
    for (const byte of Buffer.from(data as string)) {
      await new Promise((resolve) => this.socket.write(Uint8Array.of(byte), resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Resolves when the other side has shut its side in the orderly way. */
  async finished(): Promise<void> {
    while (!this.ended) {
      if (this.closed) throw new Error(`cut (${this.error})`);
      await this.#change();
    }
  }

  /** Resolves when the connection is over, however it came to that. */
  async over(): Promise<void> {
    while (!this.closed) await this.#change();
  }

  /** Resets the connection: RST instead of FIN. */
  abort(): void {
    this.socket.resetAndDestroy();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export interface Frame {
  type: string;
  payload: Buffer;
}

/** `[payload length: 8, big-endian][type: 4][payload]` */
export function frameOf(type: string, payload: string | Uint8Array = '', length?: bigint): Buffer {
  const body = Buffer.from(payload as string);
  const head = Buffer.alloc(12);
  head.writeBigUInt64BE(length ?? BigInt(body.length));
  head.write(type, 8, 'latin1');
  return Buffer.concat([head, body]);
}

export interface Download {
  name: string;
  sizeBytes: number;
  content: Buffer;
  /** Types of the frames, in order; pieces of the file counted as one. */
  order: string[];
  pieceSizes: number[];
  /** What the server said, and what came. */
  hashes: [Buffer, Buffer];
}

/** A client of the chat and file service. */
export class FileClient extends PlainClient {
  readonly chats: string[] = [];

  async frame(): Promise<Frame> {
    await this.until(() => this.bytes.length >= 12, 'a frame');
    const length = Number(this.bytes.readBigUInt64BE(0));
    await this.until(() => this.bytes.length >= 12 + length, `a frame of ${length} bytes`);
    const type = this.take(12).toString('latin1', 8);
    return { type, payload: Buffer.from(this.take(length)) };
  }

  /** The next frame that is no chat. */
  async reply(): Promise<Frame> {
    for (;;) {
      const frame = await this.frame();
      if (frame.type !== 'CHAT') return frame;
      this.chats.push(frame.payload.toString('utf8'));
    }
  }

  async chat(): Promise<string> {
    const { type, payload } = await this.frame();
    if (type !== 'CHAT') throw new Error(`${type} instead of a chat`);
    return payload.toString('utf8');
  }

  ask(name: string): void {
    this.write(frameOf('FILE', name));
  }

  /** Takes a file that was asked for. Throws what the server says when there is none. */
  async download(): Promise<Download> {
    const order: string[] = [];
    const take = async (type: string) => {
      const frame = await this.reply();
      if (frame.type === 'FERR') throw new Error(frame.payload.toString('utf8'));
      if (frame.type !== type) throw new Error(`${frame.type} instead of ${type}`);
      order.push(type);
      return frame.payload;
    };
    await take('FROK');
    const meta = await take('FMTA');
    const nameBytes = meta.readUInt32BE(0);
    const name = meta.toString('utf8', 4, 4 + nameBytes);
    const sizeBytes = Number(meta.readBigUInt64BE(4 + nameBytes));
    if (meta.length !== 4 + nameBytes + 8) throw new Error(`FMTA of ${meta.length} bytes`);
    const said = await take('FHSH');
    const pieces: Buffer[] = [];
    for (let got = 0; got < sizeBytes; got += pieces.at(-1)?.length ?? 0) pieces.push(await take('FDAT'));
    const content = Buffer.concat(pieces);
    return {
      name,
      sizeBytes,
      content,
      order: order.filter((type, at) => type !== 'FDAT' || order[at - 1] !== 'FDAT'),
      pieceSizes: pieces.map((piece) => piece.length),
      hashes: [said, createHash('sha256').update(content).digest()],
    };
  }
}
