// Owns reading a shortcut from the keys that were pressed, as Electron names them. Pure.
// https://www.electronjs.org/docs/latest/api/accelerator

export interface PressedKeys {
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
}

const NAMED: Readonly<Record<string, string>> = {
  Space: 'Space',
  Tab: 'Tab',
  Enter: 'Return',
  Backspace: 'Backspace',
  Delete: 'Delete',
  Insert: 'Insert',
  Home: 'Home',
  End: 'End',
  PageUp: 'PageUp',
  PageDown: 'PageDown',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
};

/** The accelerator, or null while the combination is not whole or too easy to press by accident. */
export function acceleratorOf(pressed: PressedKeys): string | null {
  const key = keyName(pressed.code);
  if (!key) return null;
  const modifiers = [
    pressed.ctrlKey && 'CommandOrControl',
    pressed.metaKey && 'Super',
    pressed.altKey && 'Alt',
    pressed.shiftKey && 'Shift',
  ].filter((name) => name !== false);
  const strong = modifiers.filter((name) => name !== 'Shift').length;
  if (strong === 0 || modifiers.length < 2) return null;
  return [...modifiers, key].join('+');
}

/** As people read it: "Ctrl + Alt + Shift + X". */
export function acceleratorKeys(accelerator: string, platform: string): string[] {
  const control = platform === 'darwin' ? '⌘' : 'Ctrl';
  return accelerator
    .split('+')
    .filter(Boolean)
    .map((part) => (part === 'CommandOrControl' || part === 'Control' ? control : part));
}

function keyName(code: string): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1] ?? /^Digit(\d)$/.exec(code)?.[1];
  if (letter) return letter;
  if (/^F([1-9]|1\d|2[0-4])$/.test(code)) return code;
  return NAMED[code] ?? null;
}
