// Owns how a relay is named by its user: a wss:// or ws:// URL, or just HOST[:PORT] for wss.
import { TarnetError } from '../base/errors.ts';

export const RELAY_ADDRESS_LIMITS = { maxLength: 512, maxTokenLength: 256 } as const;

/** A relay that this computer uses, and what it asks of those who use it. */
export interface RelayAccount {
  /** As `parseRelayUrl` gives it. */
  url: string;
  /** Empty for a relay that asks for none. */
  token: string;
}

/** The relay's URL in its one form, such as `wss://relay.example/`. Throws `malformed` naming `relay`. */
export function parseRelayUrl(text: unknown): string {
  if (typeof text !== 'string') throw TarnetError.malformed('relay', 'expected text');
  const trimmed = text.trim();
  if (trimmed.length > RELAY_ADDRESS_LIMITS.maxLength)
    throw TarnetError.malformed('relay', 'too long', `${RELAY_ADDRESS_LIMITS.maxLength} characters`);
  const match =
    /^(?:(wss?):\/\/)?((?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?)(\/[\w./~-]*)?$/i.exec(
      trimmed,
    );
  const [, scheme = 'wss', authority, port, path = '/'] = match ?? [];
  if (!authority) throw TarnetError.malformed('relay', 'expected wss://HOST[:PORT] or ws://HOST[:PORT]');
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    throw TarnetError.malformed('relay', `port ${port}`, '1 to 65535');
  return `${scheme.toLowerCase()}://${authority.toLowerCase()}${path}`;
}

/** The relay's host and port, for people. */
export function relayName(url: string): string {
  return url.replace(/^wss?:\/\//, '').replace(/\/$/, '');
}

/** Whether what passes between here and the relay is hidden from others on the way; contents are encrypted in any case. */
export function isPlainRelay(url: string): boolean {
  return url.startsWith('ws://');
}
