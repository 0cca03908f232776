// Owns how a host is named by its user: by its address, or by its nine-digit ID at one of the user's relays.
import { TarnetError } from '../base/errors.ts';
import { formatHostAddress, type HostAddress, parseHostAddress } from './host-address.ts';
import { formatNineDigits } from './host-id.ts';

export type HostPlace =
  | ({ kind: 'address' } & HostAddress)
  /** Nine digits. */
  | { kind: 'id'; id: string };

/** Nine digits, in threes or not; no host name looks like that. */
const ID = /^(\d{3})[ .-]?(\d{3})[ .-]?(\d{3})$/;

/** Parses an ID, HOST[:PORT], or a tarnet:// link to either. Throws `malformed` that names `address`. */
export function parseHostPlace(text: unknown): HostPlace {
  if (typeof text !== 'string') throw TarnetError.malformed('address', 'expected text');
  const id = ID.exec(
    text
      .slice(0, 64)
      .trim()
      .replace(/^tarnet:\/\//i, '')
      .replace(/\/$/, ''),
  );
  if (id) return { kind: 'id', id: id.slice(1).join('') };
  return { kind: 'address', ...parseHostAddress(text) };
}

/** The one form of it: `123456789`, or HOST[:PORT]. */
export function formatHostPlace(place: HostPlace): string {
  return place.kind === 'id' ? place.id : formatHostAddress(place);
}

/** As people read it: `123 456 789`, or HOST[:PORT]. */
export function showHostPlace(text: string): string {
  return isHostId(text) ? formatNineDigits(text) : text;
}

/** Whether this form of a place is an ID. */
export function isHostId(text: string): boolean {
  return /^\d{9}$/.test(text);
}
