// Owns what several viewers of one picture wish together.
import {
  DEFAULT_PICTURE_PREFERENCES,
  type PictureMode,
  type PicturePreferences,
} from '../../../shared/model/picture-budget.ts';

/**
 * One picture is made for everybody, so nobody's wish may make it worse for others: what saves (a cap on frames, grey,
 * low data) counts as far as all wish it, and between sharp and smooth only what is not disputed.
 */
export function mergedPreferences(all: readonly PicturePreferences[]): PicturePreferences {
  const [first] = all;
  if (!first) return DEFAULT_PICTURE_PREFERENCES;
  const caps = all.map(({ maxFramesPerSecond }) => maxFramesPerSecond ?? Number.POSITIVE_INFINITY);
  const cap = Math.max(...caps);
  return {
    mode: mergedMode(all.map(({ mode }) => mode)),
    maxFramesPerSecond: Number.isFinite(cap) ? cap : null,
    greyscale: all.every(({ greyscale }) => greyscale),
  };
}

function mergedMode(modes: readonly PictureMode[]): PictureMode {
  const wishes = new Set(modes);
  if (wishes.size > 1) wishes.delete('low-data');
  const [only] = wishes;
  return wishes.size === 1 && only ? only : 'automatic';
}
