// Owns what the pictures may cost, and what a viewer's user would rather have: both ends of the rate control.
import * as v from 'valibot';

/** What a viewer's user chose. `sharp` gives up motion for sharpness, `smooth` sharpness for motion. */
export const PICTURE_MODES = ['automatic', 'sharp', 'smooth', 'low-data'] as const;
export type PictureMode = (typeof PICTURE_MODES)[number];

/** A viewer's wishes for the picture. */
export interface PicturePreferences {
  mode: PictureMode;
  /** At most so many frames a second; null: as many as there are. */
  maxFramesPerSecond: number | null;
  /** Shades of grey only, for very slow links. */
  greyscale: boolean;
}

/** What a user may choose as the most frames a second; null: no limit. */
export const FRAME_RATE_CAPS = [null, 30, 15, 5] as const;

export const DEFAULT_PICTURE_PREFERENCES: PicturePreferences = {
  mode: 'automatic',
  maxFramesPerSecond: null,
  greyscale: false,
};

/** What the pictures may take from now on: what the link was found to carry, and what the viewers wish. */
export interface PictureBudget {
  /** All pictures together, exact tiles and video, bits per second. */
  bitsPerSecond: number;
  framesPerSecond: number;
  /** Which of the two gives way first when the bits do not reach. */
  mode: PictureMode;
  greyscale: boolean;
  /**
   * Every second frame of a video is one that nothing builds on, so that somebody behind a slower line can do without it.
   * Absent: none is, because it costs bytes.
   */
  layered?: boolean;
}

export const PICTURE_BUDGET_LIMITS = {
  minBitsPerSecond: 64_000,
  maxBitsPerSecond: 400_000_000,
  minFramesPerSecond: 1,
  maxFramesPerSecond: 120,
} as const;

/** Nothing is known of the link yet, and nobody wishes anything. */
export const UNBOUNDED_PICTURE_BUDGET: PictureBudget = {
  bitsPerSecond: PICTURE_BUDGET_LIMITS.maxBitsPerSecond,
  framesPerSecond: PICTURE_BUDGET_LIMITS.maxFramesPerSecond,
  mode: DEFAULT_PICTURE_PREFERENCES.mode,
  greyscale: DEFAULT_PICTURE_PREFERENCES.greyscale,
};

/** A viewer's wishes as they come from a page or a file. */
export const picturePreferencesSchema = v.strictObject({
  mode: v.picklist(PICTURE_MODES),
  maxFramesPerSecond: v.nullable(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(PICTURE_BUDGET_LIMITS.minFramesPerSecond),
      v.maxValue(PICTURE_BUDGET_LIMITS.maxFramesPerSecond),
    ),
  ),
  greyscale: v.boolean(),
});
