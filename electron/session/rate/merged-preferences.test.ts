import { describe, expect, it } from 'vitest';
import {
  DEFAULT_PICTURE_PREFERENCES,
  type PictureMode,
  type PicturePreferences,
} from '../../../shared/model/picture-budget.ts';
import { mergedPreferences } from './merged-preferences.ts';

const wish = (change: Partial<PicturePreferences>): PicturePreferences => ({
  ...DEFAULT_PICTURE_PREFERENCES,
  ...change,
});

describe('the wishes of several viewers', () => {
  it('are those of the only one', () => {
    const only = wish({ mode: 'sharp', maxFramesPerSecond: 7, greyscale: true });
    expect(mergedPreferences([only])).toEqual(only);
    expect(mergedPreferences([])).toEqual(DEFAULT_PICTURE_PREFERENCES);
  });

  it.each([
    [['low-data', 'low-data'], 'low-data'],
    [['low-data', 'automatic'], 'automatic'],
    [['low-data', 'sharp'], 'sharp'],
    [['sharp', 'smooth'], 'automatic'],
    [['sharp', 'automatic'], 'automatic'],
    [['smooth', 'low-data', 'smooth'], 'smooth'],
  ] as [PictureMode[], PictureMode][])('%j is %s', (modes, merged) => {
    expect(mergedPreferences(modes.map((mode) => wish({ mode }))).mode).toBe(merged);
  });

  it('save nothing that one of them has not agreed to', () => {
    const thrifty = wish({ maxFramesPerSecond: 10, greyscale: true });
    expect(mergedPreferences([thrifty, wish({ maxFramesPerSecond: 20, greyscale: true })])).toMatchObject({
      maxFramesPerSecond: 20,
      greyscale: true,
    });
    expect(mergedPreferences([thrifty, wish({})])).toMatchObject({ maxFramesPerSecond: null, greyscale: false });
  });
});
