// Owns what protocol v1 calls the keys: a character of the US layout, or a name in small letters.
import { KEY_CODES, type KeyCode } from '../../../shared/model/key-codes.ts';

const NAMES: { readonly [C in KeyCode]?: string } = {
  Backquote: '`',
  Backslash: '\\',
  BracketLeft: '[',
  BracketRight: ']',
  Comma: ',',
  Equal: '=',
  Minus: '-',
  Period: '.',
  Quote: "'",
  Semicolon: ';',
  Slash: '/',
  AltLeft: 'alt',
  AltRight: 'altgr',
  Backspace: 'backspace',
  CapsLock: 'capslock',
  ContextMenu: 'menu',
  ControlLeft: 'ctrl',
  ControlRight: 'ctrlright',
  Enter: 'enter',
  MetaLeft: 'win',
  MetaRight: 'winright',
  ShiftLeft: 'shift',
  ShiftRight: 'shiftright',
  Space: 'space',
  Tab: 'tab',
  Delete: 'delete',
  End: 'end',
  Home: 'home',
  Insert: 'insert',
  PageDown: 'pagedown',
  PageUp: 'pageup',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  NumLock: 'numlock',
  NumpadAdd: 'add',
  NumpadDecimal: 'decimal',
  NumpadDivide: 'divide',
  NumpadEnter: 'numenter',
  NumpadMultiply: 'multiply',
  NumpadSubtract: 'subtract',
  Escape: 'esc',
  PrintScreen: 'printscreen',
  ScrollLock: 'scrolllock',
  Pause: 'pause',
  AudioVolumeDown: 'volumedown',
  AudioVolumeMute: 'volumemute',
  AudioVolumeUp: 'volumeup',
};

/** The key's name; null for keys that v1 has no name for. */
export function v1KeyName(code: KeyCode): string | null {
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  if (letter) return letter.toLowerCase();
  const [, digit] = /^Digit(\d)$/.exec(code) ?? [];
  if (digit) return digit;
  const [, pad] = /^Numpad(\d)$/.exec(code) ?? [];
  if (pad) return `num${pad}`;
  if (/^F\d+$/.test(code)) return code.toLowerCase();
  return NAMES[code] ?? null;
}

const CODES: ReadonlyMap<string, KeyCode> = new Map(
  KEY_CODES.flatMap((code) => {
    const name = v1KeyName(code);
    return name === null ? [] : [[name, code] as const];
  }),
);

/** Names that other programs use for the same keys. */
const SYNONYMS: Readonly<Record<string, KeyCode>> = {
  return: 'Enter',
  escape: 'Escape',
  control: 'ControlLeft',
  ctrlleft: 'ControlLeft',
  shiftleft: 'ShiftLeft',
  altleft: 'AltLeft',
  altright: 'AltRight',
  winleft: 'MetaLeft',
  super: 'MetaLeft',
  meta: 'MetaLeft',
  command: 'MetaLeft',
  del: 'Delete',
  pgup: 'PageUp',
  pgdn: 'PageDown',
  arrowup: 'ArrowUp',
  arrowdown: 'ArrowDown',
  arrowleft: 'ArrowLeft',
  arrowright: 'ArrowRight',
  prtsc: 'PrintScreen',
  ' ': 'Space',
};

/** The key of a name, however it is written; null when nobody knows it. */
export function keyOfV1Name(name: string): KeyCode | null {
  const wanted = name.toLowerCase();
  return CODES.get(wanted) ?? (Object.hasOwn(SYNONYMS, wanted) ? SYNONYMS[wanted] : undefined) ?? null;
}
