// Owns the list of everything that a relay can do to a record, and who must notice.
import { ENVELOPE_BYTES, MessageType } from '../../shared/wire/envelope.ts';
import { type Arena, inPlain, underOwnKey } from './hostile-arena.ts';
import type { RecordKind } from './hostile-records.ts';

/** What an attack has besides the record itself. */
export interface Tools {
  arena: Arena;
  kind: RecordKind;
  /** Records of the same sort, this way, earlier in this session. */
  earlier: readonly Uint8Array[];
  /** A record of the same sort, this way, of another session of the same two. */
  foreign: Uint8Array;
}

/** What is delivered in place of each record of the attacked sort; `isTarget` marks the one that the attack is about. */
type Act = (message: Uint8Array, isTarget: boolean) => Uint8Array[];

export interface Attack {
  name: string;
  /** Whom it makes sense against. */
  suits(kind: RecordKind): boolean;
  /** A fresh one for each session. */
  begin(tools: Tools): Act;
  /** Who ends the session; nobody where the record can only be left unread, as if it had been dropped. */
  endedBy: 'receiver' | 'sender' | 'nobody';
}

const isReliable = ({ sort }: RecordKind): boolean => sort === 'reliable';
const isPicture = ({ sort }: RecordKind): boolean => sort === 'picture';
const isAny = (): boolean => true;
/** After its last record a session is over, whatever the relay adds. */
const isFollowed = ({ isLast }: RecordKind): boolean => isLast !== true;
/** The sealed channel is strict: what is missing is noticed with what comes next. */
const isMissed = (kind: RecordKind): boolean => isReliable(kind) && isFollowed(kind);

/** The first target is replaced, all else passes. */
function once(change: (message: Uint8Array, tools: Tools) => Uint8Array[]): Attack['begin'] {
  return (tools) => {
    let done = false;
    return (message, isTarget) => {
      if (done || !isTarget) return [message];
      done = true;
      return change(message, tools);
    };
  };
}

function against(
  suits: Attack['suits'],
  name: string,
  change: (message: Uint8Array, tools: Tools) => Uint8Array[],
  endedBy: Attack['endedBy'] = 'receiver',
): Attack {
  return { name, suits, begin: once(change), endedBy };
}

/** One bit of the byte at this place, counted from the end when negative. */
function flip(message: Uint8Array, place: number, bit = 1): Uint8Array {
  const at = place < 0 ? message.length + place : place;
  return message.slice().with(at, (message[at] ?? 0) ^ bit);
}
const flipped = (suits: Attack['suits'], name: string, place: (message: Uint8Array) => number): Attack =>
  against(suits, name, (message) => [flip(message, place(message))]);

const plaintextOf = (message: Uint8Array, { arena }: Tools): Uint8Array =>
  arena.contentOf(message)?.plaintext ?? message.subarray(ENVELOPE_BYTES, -16);

export const RECORD_ATTACKS: readonly Attack[] = [
  // header
  against(isMissed, 'the type of a picture', (message) => [message.with(0, MessageType.media)]),
  against(isPicture, 'another type of picture', (message) => [message.with(0, (message[0] ?? 0) ^ 1)]),
  flipped(isAny, 'a flag', () => 1),
  flipped(isAny, 'the stream', () => 4),
  flipped(isReliable, 'the epoch', () => 6),
  against(isPicture, 'an epoch that never was', (message) => [flip(message, 7, 0x40)], 'nobody'),
  flipped(isAny, 'the number', () => 8),
  // body and tag
  flipped(isAny, 'the first byte of the ciphertext', () => ENVELOPE_BYTES),
  flipped(isAny, 'a byte in the middle of it', ({ length }) => (ENVELOPE_BYTES + length) >> 1),
  flipped(isAny, 'the first byte of the tag', () => -16),
  flipped(isAny, 'the last byte', () => -1),
  against(isAny, 'no tag', (message) => [Uint8Array.of(...message.subarray(0, -16), ...new Uint8Array(16))]),
  // length
  against(isAny, 'cut to its header', (message) => [message.subarray(0, ENVELOPE_BYTES)]),
  against(isAny, 'cut in half', (message) => [message.subarray(0, (ENVELOPE_BYTES + message.length) >> 1)]),
  against(isAny, 'cut by a byte', (message) => [message.subarray(0, -1)]),
  against(isAny, 'longer by a byte', (message) => [Uint8Array.of(...message, 0)]),
  // no encryption, another's encryption
  against(isAny, 'in plain', (message, tools) => [inPlain(message, plaintextOf(message, tools))]),
  against(isAny, 'under a key of the relay', (message, tools) => [underOwnKey(message, plaintextOf(message, tools))]),
  // order
  against(isFollowed, 'twice', (message) => [message, message.slice()]),
  against(isFollowed, 'followed by an earlier one', (message, { earlier }) => [message, ...earlier.slice(-1)]),
  against(isAny, 'replaced by an earlier one', (_, { earlier }) => earlier.slice(-1)),
  against(isReliable, 'replaced by one of another session', (message, { foreign }) => [
    Uint8Array.of(...foreign.subarray(0, 2), ...message.subarray(2, 4), ...foreign.subarray(4)),
  ]),
  against(isPicture, 'replaced by one of another epoch', (_, { foreign }) => [foreign], 'nobody'),
  against(isMissed, 'dropped', () => []),
  {
    name: 'after the next one',
    suits: isFollowed,
    endedBy: 'receiver',
    begin: () => {
      let held: Uint8Array | null = null;
      let done = false;
      return (message, isTarget) => {
        if (done) return [message];
        if (!held && isTarget) {
          held = message;
          return [];
        }
        if (!held) return [message];
        done = true;
        return [message, held];
      };
    },
  },
  // back
  against(
    isMissed,
    'sent back',
    (message, { arena, kind }) => {
      const back = kind.way === 'to-host' ? 'to-viewer' : 'to-host';
      setImmediate(() => arena.deliver(message.slice(), back));
      return [];
    },
    'sender',
  ),
  against(
    isPicture,
    'sent back too',
    (message, { arena }) => {
      setImmediate(() => arena.deliver(message.slice(), 'to-host'));
      return [message];
    },
    'nobody',
  ),
  // epochs
  {
    name: 'after the epoch has turned',
    suits: isPicture,
    endedBy: 'receiver',
    begin: ({ arena }) => {
      let held: Uint8Array | null = null;
      let done = false;
      return (message, isTarget) => {
        if (done || (!held && !isTarget)) return [message];
        if (!held) {
          held = message;
          setImmediate(() => arena.turnEpoch());
          return [];
        }
        if (message[6] === held[6] && message[7] === held[7]) return [];
        done = true;
        return [message, held];
      };
    },
  },
  {
    name: 'said to be of the epoch before',
    suits: isPicture,
    endedBy: 'receiver',
    begin: ({ arena }) => {
      let before: Uint8Array | null = null;
      let done = false;
      return (message, isTarget) => {
        if (done || !isTarget) return [message];
        if (!before) {
          before = message;
          setImmediate(() => arena.turnEpoch());
          return [message];
        }
        if (message[6] === before[6] && message[7] === before[7]) return [message];
        done = true;
        return [message.with(6, before[6] ?? 0).with(7, before[7] ?? 0)];
      };
    },
  },
];
