import { describe, expect, it } from 'vitest';
import { type CliLogOptions, openCliLog } from './cli-log.ts';

function linesOf(options: Partial<CliLogOptions>, work: (log: ReturnType<typeof openCliLog>) => void): string[] {
  const lines: string[] = [];
  const nowMs = () => Date.UTC(2023, 8, 18, 12, 0, 2);
  work(openCliLog({ format: 'text', level: 'info', nowMs, write: (line) => lines.push(line), ...options }));
  return lines;
}

describe('the log of the relay', () => {
  it('has lines for people', () => {
    const [line] = linesOf({}, (log) =>
      log.info('host registered', { connection: 1, why: 'two words', none: undefined }),
    );
    expect(line).toMatch(
      /^2023-09-18 \d\d:\d\d:02 - TARNetServer - INFO - host registered connection=1 why="two words"\n$/,
    );
  });

  it('has lines for machines', () => {
    const [line] = linesOf({ format: 'json' }, (log) => log.scope('chat').warn('slow', { client: 'a', level: 'fake' }));
    expect(JSON.parse(line ?? '')).toEqual({
      time: '2023-09-18T12:00:02.000Z',
      level: 'warn',
      logger: 'TARNetServer.chat',
      message: 'slow',
      client: 'a',
    });
  });

  it('leaves out what is below its level', () => {
    const lines = linesOf({ level: 'warn' }, (log) => {
      log.debug('a');
      log.info('b');
      log.warn('c');
      log.error('d');
    });
    expect(lines.map((line) => line.at(-2))).toEqual(['c', 'd']);
  });

  it('makes one line of everything', () => {
    const [line, ...more] = linesOf({}, (log) => log.info('a\nb', { text: 'x\r\ny' }));
    expect(more).toEqual([]);
    expect(line?.trimEnd()).not.toMatch(/[\r\n]/);
  });
});
