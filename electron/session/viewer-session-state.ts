// Owns what is known of a viewer's session at each moment.
import type { TarnetError } from '../../shared/base/errors.ts';
import type { Permissions } from '../../shared/model/permissions.ts';
import type { ConnectionPhase } from '../../shared/session/connection-phase.ts';
import type { PairingPhase } from '../../shared/session/pairing-phase.ts';
import type { SharedSource } from '../../shared/wire/messages/display-list.ts';

export interface ViewerSessionState {
  phase: ConnectionPhase;
  /** The host's own name and system; empty before it has let us in. */
  name: string;
  system: string;
  /** The words that both screens show; null before the proof. */
  sas: string | null;
  fingerprint: string[];
  permissions: Permissions;
  pairing: PairingPhase;
  viewOnly: boolean;
  /** Why it ended, why it is being connected again, or, while active, why there is no picture. */
  error: TarnetError | null;
  triesLeft: number | null;
  /** When the next attempt starts, this machine's clock. */
  retryAtMs: number | null;
  sources: SharedSource[];
  sourceId: string | null;
}

/** Before the first attempt. */
export const NEW_SESSION: ViewerSessionState = {
  phase: 'connecting',
  name: '',
  system: '',
  sas: null,
  fingerprint: [],
  permissions: new Set(),
  pairing: 'none',
  viewOnly: false,
  error: null,
  triesLeft: null,
  retryAtMs: null,
  sources: [],
  sourceId: null,
};
