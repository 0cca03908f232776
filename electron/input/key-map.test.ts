import { Key } from '@nut-tree-fork/nut-js';
import { describe, expect, it } from 'vitest';
import { KEY_CODES } from '../../shared/model/key-codes.ts';
import { EVDEV_KEYS, NUT_KEYS, nutKeyName, xKeycode } from './key-map.ts';

describe('key map', () => {
  it('has an X keycode of its own for every key', () => {
    const keycodes = KEY_CODES.map(xKeycode);
    expect(new Set(keycodes).size).toBe(KEY_CODES.length);
    for (const keycode of keycodes) {
      expect(keycode).toBeGreaterThan(8);
      expect(keycode).toBeLessThanOrEqual(255);
    }
    expect(new Set(Object.keys(EVDEV_KEYS))).toEqual(new Set(KEY_CODES));
    expect([xKeycode('Escape'), xKeycode('KeyA'), xKeycode('ArrowLeft'), xKeycode('MetaLeft')]).toEqual([
      9, 38, 113, 133,
    ]);
  });

  it('names keys that nut-js has, each once', () => {
    const names = Object.values(NUT_KEYS);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(Key).toHaveProperty(name);
  });

  it('lists the keys that nut-js cannot press', () => {
    expect(KEY_CODES.filter((code) => nutKeyName(code) === undefined)).toMatchInlineSnapshot(`
      [
        "IntlBackslash",
        "IntlRo",
        "IntlYen",
        "Convert",
        "KanaMode",
        "Lang1",
        "Lang2",
        "NonConvert",
        "Help",
        "NumpadComma",
        "Pause",
        "BrowserBack",
        "BrowserFavorites",
        "BrowserForward",
        "BrowserHome",
        "BrowserRefresh",
        "BrowserSearch",
        "BrowserStop",
        "Eject",
        "LaunchApp1",
        "LaunchApp2",
        "LaunchMail",
        "MediaSelect",
        "Power",
        "Sleep",
        "WakeUp",
        "Again",
        "Copy",
        "Cut",
        "Find",
        "Open",
        "Paste",
        "Props",
        "Select",
        "Undo",
      ]
    `);
  });
});
