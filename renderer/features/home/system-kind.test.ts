import { expect, test } from 'vitest';
import { systemKind } from './system-kind.ts';

test.each([
  ['darwin', 'macos'],
  ['macOS 15', 'macos'],
  ['win32', 'windows'],
  ['Windows 11', 'windows'],
  ['Linux', 'linux'],
  ['Debian GNU/Linux 12', 'linux'],
  ['', 'other'],
  ['Haiku', 'other'],
])('%j is %s', (system, kind) => {
  expect(systemKind(system)).toBe(kind);
});
