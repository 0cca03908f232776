// Passes a test run's output on and closes with one line that sums it up over all suites: "N passed, N failed".
//   npm test 2>&1 | node scripts/count-tests.mjs
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** Adds up the closing lines of vitest ("Tests  1 failed | 2 passed (3)") and Playwright ("  2 passed (3.4s)"). */
export function countTests(lines) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const line of lines) {
    const text = stripVTControlCharacters(line);
    const vitest = /^\s*Tests\s+(.*)\(\d+\)\s*$/.exec(text)?.[1];
    if (vitest !== undefined)
      for (const [, count, word] of vitest.matchAll(/(\d+) (passed|failed|skipped)/g)) sum[word] += Number(count);
    const playwright = /^ {2}(\d+) (passed|failed|flaky|skipped|interrupted)( \([\d.]+m?s?\))?$/.exec(text);
    if (playwright) {
      const [, count, word] = playwright;
      sum[{ flaky: 'passed', interrupted: 'failed' }[word] ?? word] += Number(count);
    }
  }
  return sum;
}

export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

if (path.resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const lines = [];
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(line);
    lines.push(line);
  }
  console.log(closingLine(countTests(lines)));
}
