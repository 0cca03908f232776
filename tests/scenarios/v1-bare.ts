// Owns a v1 host or client as the protocol's description has them: a plain WebSocket, one JSON object to a text.
import { type ClientOptions, type RawData, WebSocket } from 'ws';

export interface V1Heard {
  type?: unknown;
  [field: string]: unknown;
}

export class V1Bare {
  readonly socket: WebSocket;
  readonly heard: V1Heard[] = [];
  /** The same, as it came. */
  readonly texts: string[] = [];
  closed: { code: number; reason: string } | null = null;
  #next = 0;
  #waiting: (() => void)[] = [];

  constructor(port: number, options: ClientOptions = {}, path = '/') {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    this.socket.on('open', () => this.#changed());
    this.socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) throw new Error('v1 is text');
      this.texts.push(String(data));
      this.heard.push(JSON.parse(String(data)));
      this.#changed();
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#changed();
    });
    this.socket.on('error', () => undefined);
  }

  async open(): Promise<this> {
    while (this.socket.readyState === WebSocket.CONNECTING) await this.#change();
    if (this.socket.readyState !== WebSocket.OPEN) throw new Error('not let in');
    return this;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message that has not been taken yet, whatever it is. */
  async next(): Promise<V1Heard> {
    for (;;) {
      const message = this.heard[this.#next];
      if (message) {
        this.#next += 1;
        return message;
      }
      if (this.closed) throw new Error(`closed with ${this.closed.code}`);
      await this.#change();
    }
  }

  /** The next message of this type; those before it are passed over. */
  async take(type: string): Promise<V1Heard> {
    for (;;) {
      const message = await this.next();
      if (message.type === type) return message;
    }
  }

  /** Resolves when the relay has handled everything that was sent before, with what it says of itself. */
  async hosts(): Promise<V1Heard> {
    this.send({ type: 'get_hosts' });
    return this.take('hosts_list');
  }

  async end(): Promise<{ code: number; reason: string }> {
    while (!this.closed) await this.#change();
    return this.closed;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
