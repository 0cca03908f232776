import { describe, expect, it } from 'vitest';
import { forwardingLog } from './forwarding-log.ts';

describe('forwarding log', () => {
  it('hands over every level with a copy of the fields, from its scopes too', () => {
    const lines: unknown[] = [];
    const log = forwardingLog((...line) => lines.push(line));
    const fields = { count: 1 };
    log.debug('a', fields);
    log.info('b');
    log.scope('inner').warn('c');
    log.error('d');
    fields.count = 2;
    expect(lines).toEqual([
      ['debug', 'a', { count: 1 }],
      ['info', 'b', {}],
      ['warn', 'c', {}],
      ['error', 'd', {}],
    ]);
  });
});
