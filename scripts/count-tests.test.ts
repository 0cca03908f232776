import { expect, test } from 'vitest';
import { closingLine, countTests } from './count-tests.mjs';

test('the closing lines of both runners add up', () => {
  const lines = [
    ' Test Files  2 passed (2)',
    '\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m61 passed\u001b[39m\u001b[22m\u001b[90m (61)\u001b[39m',
    '      Tests  2 failed | 10 passed | 3 skipped (15)',
    '  4 failed',
    '    tests/e2e/a.spec.ts:1:1 › 7 passed of something',
    '  1 skipped',
    '  1 flaky',
    '  5 passed (12.3s)',
    'we saw 9 passed',
  ];
  expect(countTests(lines)).toEqual({ passed: 77, failed: 6, skipped: 4 });
  expect(closingLine(countTests(lines))).toBe('77 passed, 6 failed, 4 skipped');
});

test('no run is no test', () => {
  expect(closingLine(countTests(['error TS2304']))).toBe('0 passed, 0 failed');
});
