import { expect, test } from 'vitest';
import { specialKeysFor } from './special-keys.ts';

const labels = (system: string) => specialKeysFor(system).map(({ label }) => label);

test('text consoles are offered for Linux hosts only', () => {
  expect(labels('Linux')).toContain('Ctrl+Alt+F2');
  expect(labels('Windows 11')).not.toContain('Ctrl+Alt+F2');
  expect(labels('')).toEqual(expect.arrayContaining(['Ctrl+Alt+Del', 'Super', 'Alt+Tab', 'Print']));
});
