// Owns the key combinations that a keyboard cannot send through this machine, because its own system takes them.
import type { KeyCode } from '../../../shared/model/key-codes.ts';

export interface SpecialKeys {
  /** As people write it; the same in every language. */
  label: string;
  codes: readonly KeyCode[];
  /** Text consoles exist on Linux only. */
  linuxOnly?: boolean;
}

export const SPECIAL_KEYS: readonly SpecialKeys[] = [
  { label: 'Ctrl+Alt+Del', codes: ['ControlLeft', 'AltLeft', 'Delete'] },
  { label: 'Super', codes: ['MetaLeft'] },
  { label: 'Alt+Tab', codes: ['AltLeft', 'Tab'] },
  { label: 'Alt+F4', codes: ['AltLeft', 'F4'] },
  { label: 'Print', codes: ['PrintScreen'] },
  { label: 'Ctrl+Shift+Esc', codes: ['ControlLeft', 'ShiftLeft', 'Escape'] },
  { label: 'Ctrl+Alt+F1', codes: ['ControlLeft', 'AltLeft', 'F1'], linuxOnly: true },
  { label: 'Ctrl+Alt+F2', codes: ['ControlLeft', 'AltLeft', 'F2'], linuxOnly: true },
  { label: 'Ctrl+Alt+F7', codes: ['ControlLeft', 'AltLeft', 'F7'], linuxOnly: true },
];

/** Those that make sense on a host with this system. */
export function specialKeysFor(system: string): SpecialKeys[] {
  const isLinux = /linux|ubuntu|debian|fedora|bsd/i.test(system);
  return SPECIAL_KEYS.filter(({ linuxOnly }) => !linuxOnly || isLinux);
}
