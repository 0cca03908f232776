import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, type TextMessage, TextMessages, wholeCharacters } from './text-messages.ts';

function all(messages: TextMessages): TextMessage[] {
  const found: TextMessage[] = [];
  for (let next = messages.next(); next; next = messages.next()) found.push(next);
  return found;
}

function read(maxBytes: number, chunks: Uint8Array[], final = false): TextMessage[] {
  const messages = new TextMessages(maxBytes);
  const found = chunks.flatMap((chunk) => {
    messages.push(Buffer.from(chunk));
    return all(messages);
  });
  if (final) messages.flush(true);
  return [...found, ...all(messages)];
}

test('lines are messages, and say how they ended', () => {
  expect(read(100, [Buffer.from('TIME\nECHO\r\n\npart')])).toEqual([
    { text: 'TIME', lineEnd: '\n' },
    { text: 'ECHO', lineEnd: '\r\n' },
    { text: '', lineEnd: '\n' },
  ]);
});

test('what a program sends without a line end is a message after a pause', () => {
  const messages = new TextMessages(100);
  messages.push(Buffer.from('TIME'));
  expect(messages.next()).toBeNull();
  messages.flush(false);
  expect(messages.next()).toEqual({ text: 'TIME', lineEnd: '' });
  expect(messages.partialBytes).toBe(0);
});

test('with a client that sends lines a pause is only a slow network, until it has finished', () => {
  const messages = new TextMessages(100);
  messages.push(Buffer.from('one\ntw'));
  expect(messages.next()).toEqual({ text: 'one', lineEnd: '\n' });
  messages.flush(false);
  expect(messages.next()).toBeNull();
  messages.push(Buffer.from('o'));
  messages.flush(true);
  expect(messages.next()).toEqual({ text: 'two', lineEnd: '' });
});

test('a pause inside of a character waits for its rest', () => {
  const messages = new TextMessages(100);
  const [first, second] = [...Buffer.from('ã')];
  messages.push(Buffer.from([0x6e, first!]));
  messages.flush(false);
  expect(messages.next()).toEqual({ text: 'n', lineEnd: '' });
  messages.push(Buffer.from([second!]));
  messages.flush(false);
  expect(messages.next()).toEqual({ text: 'ã', lineEnd: '' });
});

test('what is too long goes in pieces, the longest line whole', () => {
  expect(read(4, [Buffer.from('abcd\nabcde\nxyz1234')], true)).toEqual([
    { text: 'abcd', lineEnd: '\n' },
    { text: 'abcd', lineEnd: '' },
    { text: 'e', lineEnd: '\n' },
    { text: 'xyz1', lineEnd: '' },
    { text: '234', lineEnd: '' },
  ]);
  expect(read(4, [Buffer.from('abcd\r\nabcd\r\n')])).toEqual([
    { text: 'abcd', lineEnd: '\r\n' },
    { text: 'abcd', lineEnd: '\r\n' },
  ]);
});

test('any text comes out as it went in, however it arrives', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => text.replace(/[\r\ud800-\udfff]/g, '')),
      fc.integer({ min: 4, max: 50 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (text, maxBytes, sizes) => {
        const bytes = Buffer.from(text, 'utf8');
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        const messages = read(maxBytes, chunks, true);
        expect(messages.map((message) => message.text + message.lineEnd).join('')).toBe(text);
        expect(messages).toEqual(read(maxBytes, [bytes], true));
        for (const message of messages) expect(Buffer.byteLength(message.text)).toBeLessThanOrEqual(maxBytes);
      },
    ),
  );
});

test('any bytes end, and none is kept', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 4, max: 50 }), (bytes, maxBytes) => {
      const messages = new TextMessages(maxBytes);
      messages.push(Buffer.from(bytes));
      messages.flush(true);
      all(messages);
      expect(messages.partialBytes).toBe(0);
    }),
  );
});

test('only a beginning character at the end is left out', () => {
  const euro = Buffer.from('a€');
  expect([1, 2, 3, 4].map((length) => wholeCharacters(euro.subarray(0, length)))).toEqual([1, 1, 1, 4]);
  expect(wholeCharacters(Buffer.from('a😀').subarray(0, 4))).toBe(1);
  expect(wholeCharacters(Buffer.from([0x61, 0xff]))).toBe(2);
  expect(wholeCharacters(Buffer.from([0x61, 0x80, 0x80, 0x80, 0x80]))).toBe(5);
  expect(wholeCharacters(Buffer.from([0xe2]))).toBe(0);
});

test('no text steers a terminal', () => {
  expect(printable('a\x1b[2Jb\rc\td\x9b')).toBe('a\ufffd[2Jb\ufffdc\td\ufffd');
});
