import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { AccessTokens, followTokens, readTokens, TOKEN_LIMITS } from './access-tokens.ts';
import { WATCH_LIMITS } from './watched-files.ts';

const FIRST = 'first-token-0123456789';
const SECOND = 'second-token-0123456789';
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tarnet-tokens-'));
  file = path.join(folder, 'tokens');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('tokens', () => {
  it('are accepted when they are among those that are known', () => {
    const tokens = new AccessTokens([FIRST, SECOND]);
    expect([FIRST, SECOND, `${FIRST}x`, FIRST.slice(1), '', undefined].map((token) => tokens.accept(token))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(new AccessTokens([]).accept(undefined)).toBe(false);
  });

  it('stand one a line in a file, among comments and blank lines', () => {
    writeFileSync(file, `# hosts\n${FIRST}\r\n\n  ${SECOND}  \n`);
    expect(readTokens('host-token-file', file)).toEqual([FIRST, SECOND]);
  });

  it.each([
    ['short', 'line 1 is no token of 16 to 256 ASCII characters'],
    [`${FIRST}\n${'x'.repeat(TOKEN_LIMITS.maxLength + 1)}`, 'line 2 is no token'],
    [`two words are no token`, 'line 1 is no token'],
    ['# nothing\n', 'the file holds no token'],
    [`${FIRST}\n`.repeat(TOKEN_LIMITS.maxTokens + 1), 'the file holds more than 64 tokens'],
  ])('of a bad file are refused, and the message holds none of it', (content, message) => {
    writeFileSync(file, content);
    const thrown = (() => {
      try {
        return readTokens('host-token-file', file).join();
      } catch (error) {
        return String(error);
      }
    })();
    expect(thrown).toContain(message);
    for (const line of content.split('\n')) if (line.trim()) expect(thrown).not.toContain(line.trim());
  });

  it('follow their file, and stay when the new ones are none', () => {
    writeFileSync(file, FIRST);
    const clock = new FakeClock();
    const tokens = new AccessTokens(readTokens('host-token-file', file));
    const stop = followTokens(tokens, 'host-token-file', file, clock, silentLog);
    const change = (content: string) => {
      writeFileSync(file, content);
      clock.advance(2 * WATCH_LIMITS.lookEveryMs);
    };
    change(SECOND);
    expect([tokens.accept(FIRST), tokens.accept(SECOND)]).toEqual([false, true]);
    change('short');
    expect(tokens.accept(SECOND)).toBe(true);
    stop();
    change(`${FIRST}\n${FIRST}`);
    expect(tokens.accept(FIRST)).toBe(false);
  });
});
