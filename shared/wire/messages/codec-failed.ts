// Owns a viewer's word that it cannot decode a codec after all.
import * as v from 'valibot';
import { MEDIA_CODECS } from '../../model/video.ts';
import { packedMessage } from '../packed.ts';

export const codecFailedMessage = packedMessage(
  'codec-failed',
  64,
  v.strictObject({ op: v.literal('codec-failed'), codec: v.picklist(MEDIA_CODECS) }),
);
