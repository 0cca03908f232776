// Owns the key chords that stay on this machine: they are never sent to the host.

export const LOCAL_CHORDS = ['leave-fullscreen', 'toggle-statistics', 'toggle-toolbar'] as const;
export type LocalChord = (typeof LOCAL_CHORDS)[number];

/** The key that, together with Ctrl+Alt+Shift, makes each chord: UI Events `code`. */
export const LOCAL_CHORD_KEYS = {
  'leave-fullscreen': 'Enter',
  'toggle-statistics': 'KeyS',
  'toggle-toolbar': 'KeyT',
} as const satisfies Record<LocalChord, string>;

/** How a chord is shown to people. */
export const LOCAL_CHORD_LABELS = {
  'leave-fullscreen': 'Ctrl+Alt+Shift+Enter',
  'toggle-statistics': 'Ctrl+Alt+Shift+S',
  'toggle-toolbar': 'Ctrl+Alt+Shift+T',
} as const satisfies Record<LocalChord, string>;

/** The chord that this key press completes, or null. */
export function localChordOf(press: {
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}): LocalChord | null {
  if (!press.ctrlKey || !press.altKey || !press.shiftKey) return null;
  return LOCAL_CHORDS.find((chord) => LOCAL_CHORD_KEYS[chord] === press.code) ?? null;
}
