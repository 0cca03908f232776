// Owns a viewer's wishes for the picture on their way to the host.
import * as v from 'valibot';
import { PICTURE_BUDGET_LIMITS, PICTURE_MODES } from '../../model/picture-budget.ts';
import { packedMessage } from '../packed.ts';

export const picturePreferencesMessage = packedMessage(
  'picture-preferences',
  128,
  v.strictObject({
    op: v.literal('picture-preferences'),
    mode: v.picklist(PICTURE_MODES),
    /** Null: as many as there are. */
    maxFramesPerSecond: v.nullable(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(PICTURE_BUDGET_LIMITS.minFramesPerSecond),
        v.maxValue(PICTURE_BUDGET_LIMITS.maxFramesPerSecond),
      ),
    ),
    greyscale: v.boolean(),
  }),
);
