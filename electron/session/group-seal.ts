// Owns the encryption of pictures and cursors for all viewers of a room at once: one key per epoch, sealed once.
import { assert } from '../../shared/base/assert.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { label } from '../../shared/crypto/labels.ts';
import { groupNonce } from '../../shared/crypto/nonces.ts';
import {
  KEY_BYTES,
  type Primitives,
  SIGNATURE_BYTES,
  type Sign,
  TAG_BYTES,
  type Verify,
} from '../../shared/crypto/primitives.ts';
import {
  ENVELOPE_BYTES,
  type Envelope,
  envelope,
  envelopeAad,
  type MessageType,
  writeEnvelope,
} from '../../shared/wire/envelope.ts';

export const GROUP_LIMITS = {
  /** Epochs whose keys a viewer keeps: the current one, and the one before for records still on their way. */
  epochsKept: 2,
  /** Records of one stream in one epoch; the host has to turn the epoch before. */
  maxSeq: 0xffffffff,
  /** Streams of one epoch. */
  streams: 16,
} as const;

/** What the host tells each viewer over its own channel. */
export interface GroupEpoch {
  /** u16; rises by one with each turn and starts again at 0 after 65535. */
  epoch: number;
  /** 32 random bytes. The viewer's side takes it over and zeroes it. */
  key: Uint8Array;
  /** Whether each record of the epoch is signed by the host. A property of the epoch: a record cannot take it off. */
  signed: boolean;
}

export interface GroupRecordFields {
  type: MessageType;
  stream: number;
  flags?: number;
  peer: number;
}

export interface SealedGroupRecord {
  message: Uint8Array<ArrayBuffer>;
  epoch: number;
  seq: number;
}
