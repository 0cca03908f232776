// Owns tarnet:// links: where they come from, and that a link never does more than fill in the connect dialog.
import { randomUUID } from 'node:crypto';
import type { ConnectPrompt } from '../../shared/ipc/state.ts';
import { formatHostPlace, type HostPlace, parseHostPlace } from '../../shared/model/host-place.ts';

export const LINK_SCHEME = 'tarnet';

/** The place that a link names, or null for anything else: links come from anywhere, so nothing is thrown. */
export function placeInLink(link: unknown): HostPlace | null {
  if (typeof link !== 'string' || !/^tarnet:\/\//i.test(link)) return null;
  try {
    return parseHostPlace(link);
  } catch {
    return null;
  }
}

/** What the connect dialog is filled in with. */
export function promptFor(place: HostPlace): ConnectPrompt {
  return { id: randomUUID(), address: formatHostPlace(place) };
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
