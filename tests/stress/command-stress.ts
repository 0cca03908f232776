// Owns the stress that the command service has to stand: many clients, many commands, and some that break off in the middle.
import { connect, type Socket } from 'node:net';

export interface CommandStress {
  port: number;
  clients: number;
  /** Of all clients together. */
  commands: number;
  /** One in so many commands is broken off with a reset; its client comes back with a new connection. */
  abortOneIn: number;
}

export interface StressResult {
  answered: number;
  aborted: number;
  connections: number;
  /** Everything that was not as it should be, in words; the first 20. */
  errors: string[];
  tookMs: number;
}

const ECHO = 'ECHO: Comando recebido com sucesso.';
const ERROR = 'ERROR: Comando não reconhecido.';
const TIME_BYTES = '2023-09-18 12:00:02'.length;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const MAX_ERRORS = 20;

/** Runs it. Every answer is compared; resolves when the last connection is closed. */
export async function runCommandStress({ port, clients, commands, abortOneIn }: CommandStress): Promise<StressResult> {
  const result: StressResult = { answered: 0, aborted: 0, connections: 0, errors: [], tookMs: 0 };
  const note = (what: string) => {
    if (result.errors.length < MAX_ERRORS) result.errors.push(what);
  };
  const startedMs = performance.now();
  let sent = 0;
  const runClient = async (number: number): Promise<void> => {
    // Half of them are programs, which send no line end, and half are terminals.
    const end = number % 2 === 0 ? '' : '\n';
    let line: AnswerLine | null = null;
    while (sent < commands) {
      const turn = sent;
      sent += 1;
      line ??= await AnswerLine.open(port);
      if (line.isNew) result.connections += 1;
      line.isNew = false;
      if (turn % abortOneIn === abortOneIn - 1) {
        await line.abortAfter('EC');
        line = null;
        result.aborted += 1;
        continue;
      }
      const command = turn % 3 === 0 ? 'TIME' : end !== '' && turn % 7 === 0 ? 'nada' : 'ECHO';
      const expected = command === 'ECHO' ? ECHO : command === 'TIME' ? null : ERROR;
      const bytes = (expected === null ? TIME_BYTES : Buffer.byteLength(expected)) + end.length;
      const answer = await line.ask(command + end, bytes);
      if (answer === (expected ?? '') + end || (expected === null && TIME.test(answer.trimEnd()))) result.answered += 1;
      else note(`client ${number}: ${JSON.stringify(answer)} to ${command}`);
    }
    if (line) await line.exit(end);
  };
  const runs = Array.from({ length: clients }, (_, number) =>
    runClient(number).catch((error: unknown) => note(`client ${number}: ${String(error)}`)),
  );
  await Promise.all(runs);
  result.tookMs = performance.now() - startedMs;
  return result;
}

/** A connection that asks one thing at a time. */
class AnswerLine {
  isNew = true;
  readonly #socket: Socket;
  #got: Buffer[] = [];
  #gotBytes = 0;
  #wake: (() => void) | null = null;
  #over: string | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#got.push(chunk);
      this.#gotBytes += chunk.length;
      this.#wake?.();
    });
    socket.on('end', () => this.#end('ended by the server'));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('closed'));
  }

  static open(port: number): Promise<AnswerLine> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new AnswerLine(socket));
      });
    });
  }

  async ask(request: string, answerBytes: number): Promise<string> {
    this.#socket.write(request);
    while (this.#gotBytes < answerBytes) {
      if (this.#over !== null) throw new Error(this.#over);
      await this.#change();
    }
    const answer = Buffer.concat(this.#got).toString('utf8');
    this.#got = [];
    this.#gotBytes = 0;
    return answer;
  }

  /** A part of a message, then a reset. */
  async abortAfter(part: string): Promise<void> {
    await new Promise((resolve) => this.#socket.write(part, resolve));
    this.#socket.resetAndDestroy();
    while (!this.#socket.closed) await this.#change();
  }

  /** Says goodbye; throws unless the server closes in the orderly way. */
  async exit(end: string): Promise<void> {
    this.#socket.write(`EXIT${end}`);
    while (this.#over === null) await this.#change();
    if (this.#over !== 'ended by the server') throw new Error(`EXIT: ${this.#over}`);
    while (!this.#socket.closed) await this.#change();
  }

  #end(why: string): void {
    this.#over ??= why;
    this.#wake?.();
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }
}
