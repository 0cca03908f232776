// Owns what may be said on the `display` channel: everything about the picture but the picture.
import * as v from 'valibot';
import { packedMessage } from '../packed.ts';
import { codecFailedMessage } from './codec-failed.ts';
import { displayListMessage } from './display-list.ts';
import { displaySelectMessage } from './display-select.ts';
import { keyframeRequestMessage } from './keyframe-request.ts';
import { picturePreferencesMessage } from './picture-preferences.ts';
import { pictureProblemMessage } from './picture-problem.ts';

/** viewer → host */
export const displayToHostMessage = packedMessage(
  'display',
  displaySelectMessage.maxBytes,
  v.variant('op', [
    displaySelectMessage.schema,
    keyframeRequestMessage.schema,
    codecFailedMessage.schema,
    picturePreferencesMessage.schema,
  ]),
);
export type DisplayToHost = v.InferOutput<typeof displayToHostMessage.schema>;

/** host → viewer */
export const displayToViewerMessage = packedMessage(
  'display',
  displayListMessage.maxBytes,
  v.variant('op', [displayListMessage.schema, pictureProblemMessage.schema]),
);
