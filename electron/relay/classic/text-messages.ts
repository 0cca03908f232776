// Owns finding messages in plain text over TCP, which has no frames: lines, pauses and sizes end a message.
import { ByteQueue } from './byte-queue.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface TextMessage {
  text: string;
  /** How the message ended on the wire; empty when it ended by a pause, by its size or with the connection. */
  lineEnd: '' | '\n' | '\r\n';
}

/**
 * Cuts a stream of UTF-8 into messages. Programs send a message without any end, people at a terminal send lines: a message
 * ends with its line, or when nothing more has come for a while (the owner calls `flush`), or at `maxBytes`. Never inside of a
 * character. Bytes that are no UTF-8 become U+FFFD.
 */
export class TextMessages {
  readonly #maxBytes: number;
  readonly #queue = new ByteQueue();
  #sendsLines = false;
  #flushBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of a message that has not ended. */
  get partialBytes(): number {
    return this.#queue.length;
  }

  push(chunk: Buffer): void {
    this.#queue.push(chunk);
  }

  /**
   * What is there is a message, although its line has not ended. A client that has already sent lines is waited for: with
   * it, a pause is only a slow network. `final` ends that patience.
   */
  flush(final: boolean): void {
    if (final) this.#flushBytes = this.#queue.length;
    else if (!this.#sendsLines) this.#flushBytes = wholeCharacters(this.#queue.peek(this.#queue.length));
  }

  /** The next whole message, or null. */
  next(): TextMessage | null {
    // One byte more than fits: the longest line still has its line end behind it.
    const head = this.#queue.peek(this.#maxBytes + 2);
    const lineFeed = head.indexOf(LINE_FEED);
    if (lineFeed >= 0 && lineFeed <= this.#maxBytes + 1) {
      const hasReturn = head[lineFeed - 1] === CARRIAGE_RETURN;
      const length = hasReturn ? lineFeed - 1 : lineFeed;
      if (length <= this.#maxBytes) {
        this.#sendsLines = true;
        const text = head.toString('utf8', 0, length);
        this.#drop(lineFeed + 1);
        return { text, lineEnd: hasReturn ? '\r\n' : '\n' };
      }
    }
    if (head.length > this.#maxBytes + 1) return this.#cut(wholeCharacters(head.subarray(0, this.#maxBytes)));
    if (this.#flushBytes === 0) return null;
    // At the very end even a character that has only begun is a message.
    return this.#cut(Math.min(this.#flushBytes, wholeCharacters(head.subarray(0, this.#maxBytes))) || this.#flushBytes);
  }

  #cut(length: number): TextMessage {
    const text = this.#queue.peek(length).toString('utf8');
    this.#drop(length);
    return { text, lineEnd: '' };
  }

  #drop(count: number): void {
    this.#queue.drop(count);
    this.#flushBytes = Math.max(0, this.#flushBytes - count);
  }
}

/**
 * How many of the bytes are whole UTF-8 characters (RFC 3629): a beginning character at their end is left out. Bytes that can
 * never become a character count as whole.
 */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80 || byte > 0xf4) break;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Text as one line that cannot steer a terminal: control characters become U+FFFD, tabs stay. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
}
