import { describe, expect, it } from 'vitest';
import { LOCAL_CHORD_KEYS, LOCAL_CHORD_LABELS, LOCAL_CHORDS, localChordOf } from './local-chords.ts';

describe('local chords', () => {
  it('need all three modifiers and their own key', () => {
    const held = { ctrlKey: true, altKey: true, shiftKey: true };
    for (const chord of LOCAL_CHORDS) expect(localChordOf({ ...held, code: LOCAL_CHORD_KEYS[chord] })).toBe(chord);
    expect(localChordOf({ ...held, code: 'KeyQ' })).toBeNull();
    for (const missing of ['ctrlKey', 'altKey', 'shiftKey'])
      expect(localChordOf({ ...held, [missing]: false, code: 'Enter' })).toBeNull();
  });

  it('are shown as they are pressed', () => {
    for (const chord of LOCAL_CHORDS)
      expect(LOCAL_CHORD_LABELS[chord]).toBe(`Ctrl+Alt+Shift+${LOCAL_CHORD_KEYS[chord].replace('Key', '')}`);
  });
});
