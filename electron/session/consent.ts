// Owns what a session needs of whoever asks the host's user, and what an answer permits.
import type { ConsentRequest } from '../../shared/ipc/state.ts';
import { type ConsentDecision, type Permissions, VIEW_AND_CONTROL, VIEW_ONLY } from '../../shared/model/permissions.ts';

/** Who asks to be let in: what the host's user has to see. */
export type Applicant = Omit<ConsentRequest, 'id' | 'requestedAtMs' | 'expiresAtMs'>;

/** Whoever can ask the host's user. */
export interface ConsentPort {
  /** Resolves with the answer, `timeout` when there was none in time; the signal aborts when the viewer is gone. */
  request(applicant: Applicant, signal: AbortSignal): Promise<ConsentDecision | 'timeout'>;
}

/** Lets everybody in who knows the secret: only for a host that was started so from its command line. */
export function acceptAll(decision: 'control' | 'view'): ConsentPort {
  return { request: () => Promise.resolve(decision) };
}

/** Whoever has proved the password is asked for only while `isUserAsked`; the others always. */
export function sparePassword(desk: ConsentPort, isUserAsked: () => boolean): ConsentPort {
  return {
    request: (applicant, signal) =>
      applicant.how === 'password' && !isUserAsked() ? Promise.resolve('control') : desk.request(applicant, signal),
  };
}

/** What a decision permits. */
export function permissionsOf(decision: 'control' | 'view'): Permissions {
  return decision === 'control' ? VIEW_AND_CONTROL : VIEW_ONLY;
}
