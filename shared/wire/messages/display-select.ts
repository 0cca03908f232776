// Owns a viewer's wish to see another source.
import * as v from 'valibot';
import { packedMessage } from '../packed.ts';
import { sourceId } from './display-list.ts';

export const displaySelectMessage = packedMessage(
  'display-select',
  256,
  v.strictObject({ op: v.literal('display-select'), sourceId }),
);
