// Owns a viewer's wishes for the picture on their way to the host.
import * as v from 'valibot';
import { picturePreferencesSchema } from '../../model/picture-budget.ts';
import { packedMessage } from '../packed.ts';

export const picturePreferencesMessage = packedMessage(
  'picture-preferences',
  128,
  v.strictObject({ op: v.literal('picture-preferences'), ...picturePreferencesSchema.entries }),
);
