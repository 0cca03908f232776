// Owns what may be said on the `session` channel: keys, life and end.
import * as v from 'valibot';
import { packedMessage } from '../packed.ts';
import { aliveMessage } from './alive.ts';
import { endMessage } from './end.ts';
import { groupKeyMessage } from './group-key.ts';
import { pairedMessage, pairingNewsMessage, pairingRequestMessage } from './pairing.ts';

/** viewer → host */
export const sessionToHostMessage = packedMessage(
  'session',
  128,
  v.variant('op', [endMessage.schema, pairingRequestMessage.schema]),
);

/** host → viewer */
export const sessionToViewerMessage = packedMessage(
  'session',
  128,
  v.variant('op', [
    groupKeyMessage.schema,
    aliveMessage.schema,
    endMessage.schema,
    pairingNewsMessage.schema,
    pairedMessage.schema,
  ]),
);
