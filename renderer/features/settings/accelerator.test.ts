import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings.ts';
import { acceleratorKeys, acceleratorOf } from './accelerator.ts';

const none = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

test.each([
  [{ ...none, code: 'KeyX', ctrlKey: true, altKey: true, shiftKey: true }, 'CommandOrControl+Alt+Shift+X'],
  [{ ...none, code: 'F9', altKey: true, metaKey: true }, 'Super+Alt+F9'],
  [{ ...none, code: 'ArrowUp', ctrlKey: true, altKey: true }, 'CommandOrControl+Alt+Up'],
  [{ ...none, code: 'Digit4', ctrlKey: true, shiftKey: true }, 'CommandOrControl+Shift+4'],
])('%j is %s', (pressed, accelerator) => {
  expect(acceleratorOf(pressed)).toBe(accelerator);
});

test.each([
  { ...none, code: 'KeyX' },
  { ...none, code: 'KeyX', shiftKey: true },
  { ...none, code: 'KeyC', ctrlKey: true },
  { ...none, code: 'ControlLeft', ctrlKey: true, altKey: true },
  { ...none, code: 'F25', ctrlKey: true, altKey: true },
])('%j is no shortcut', (pressed) => {
  expect(acceleratorOf(pressed)).toBeNull();
});

test('a shortcut is shown with the keys of the platform', () => {
  expect(acceleratorKeys(DEFAULT_SETTINGS.stopSharingShortcut, 'linux')).toEqual(['Ctrl', 'Alt', 'Shift', 'X']);
  expect(acceleratorKeys('CommandOrControl+Shift+4', 'darwin')).toEqual(['⌘', 'Shift', '4']);
  expect(acceleratorKeys('', 'linux')).toEqual([]);
});
