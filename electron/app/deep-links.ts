// Owns tarnet:// links: where they come from, and that a link never does more than fill in the connect dialog.
import { randomUUID } from 'node:crypto';
import type { ConnectPrompt } from '../../shared/ipc/state.ts';
import { formatHostAddress, type HostAddress, parseHostAddress } from '../../shared/model/host-address.ts';

export const LINK_SCHEME = 'tarnet';

/** The address that a link names, or null for anything else: links come from anywhere, so nothing is thrown. */
export function addressInLink(link: unknown): HostAddress | null {
  if (typeof link !== 'string' || !/^tarnet:\/\//i.test(link)) return null;
  try {
    return parseHostAddress(link);
  } catch {
    return null;
  }
}

/** What the connect dialog is filled in with. */
export function promptFor(address: HostAddress): ConnectPrompt {
  return { id: randomUUID(), address: formatHostAddress(address) };
}

/** What is needed of Electron's `app`. */
export interface LinkClient {
  isDefaultProtocolClient(scheme: string): boolean;
  setAsDefaultProtocolClient(scheme: string): boolean;
}

/** Registers the scheme where the installer could not. Returns whether links reach this app. */
export function registerLinks(client: LinkClient): boolean {
  return client.isDefaultProtocolClient(LINK_SCHEME) || client.setAsDefaultProtocolClient(LINK_SCHEME);
}
