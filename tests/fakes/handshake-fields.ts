// Owns which fields the handshake messages have in each mode, and why a handshake ends whose relay has changed one.
import type { ErrorReason } from '../../shared/base/errors.ts';

export type Step = 'hs1' | 'hs2' | 'hs3' | 'hs4';
export const STEPS: readonly Step[] = ['hs1', 'hs2', 'hs3', 'hs4'];
export type HandshakeKind = 'code' | 'password' | 'paired' | 'ticket';

/** What must come of a changed byte, by where it is. */
export interface Field {
  /** What follows the opening is as long as what the two have to say: here without a word. */
  sizeBytes: number;
  reasons: readonly ErrorReason[];
}

const field = (sizeBytes: number, ...reasons: ErrorReason[]): Field => ({ sizeBytes, reasons });
const HEADER: readonly Field[] = [
  field(1, 'malformed'),
  field(1, 'version-too-old'),
  field(1, 'malformed', 'tampered'),
  field(1, 'malformed'),
];
const OPENING: readonly Field[] = [...HEADER, field(16, 'tampered'), field(32, 'tampered'), field(2, 'malformed')];
/** Two keys, the signature, five bytes of payload, the tag. */
const SEALED = field(149, 'tampered');

const byPassword = (wrong: ErrorReason): Record<Step, readonly Field[]> => ({
  // What is no KE1 at all is refused; what is another KE1 gives a KE2 that the viewer cannot tell from a wrong code.
  hs1: [...OPENING, field(96, 'malformed', wrong)],
  hs2: [...OPENING, field(320, wrong, 'tampered'), field(1, 'tampered')],
  hs3: [...HEADER, field(2, 'malformed'), field(64, wrong), SEALED],
  hs4: [...HEADER, SEALED],
});

const TICKET: Record<Step, readonly Field[]> = {
  hs1: [...OPENING, field(16, 'not-found')],
  hs2: [...OPENING, field(1, 'tampered')],
  hs3: [...HEADER, field(2, 'malformed'), SEALED],
  hs4: [...HEADER, SEALED],
};

export const HANDSHAKE_FIELDS: Record<HandshakeKind, Record<Step, readonly Field[]>> = {
  code: byPassword('wrong-code'),
  password: byPassword('wrong-password'),
  // A changed ephemeral key gives the host another secret, and then nothing opens.
  paired: { ...TICKET, hs1: OPENING },
  ticket: TICKET,
};

/** Where each field begins. */
export function startsOf(fields: readonly Field[]): number[] {
  let at = 0;
  return fields.map(({ sizeBytes }) => {
    const start = at;
    at += sizeBytes;
    return start;
  });
}
