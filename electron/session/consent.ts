// Owns what a session needs of whoever asks the host's user, and what an answer permits.
import type { ConsentRequest } from '../../shared/ipc/state.ts';
import type { Permissions } from '../../shared/model/permissions.ts';

/** Who asks to be let in: what the host's user has to see. */
export type Applicant = Omit<ConsentRequest, 'id' | 'requestedAtMs' | 'expiresAtMs'>;

/** What the viewer may do, or why it may not come in. */
export type ConsentOutcome = Permissions | 'deny' | 'timeout' | 'disturbed';

/** Whoever can ask the host's user. */
export interface ConsentPort {
  /** Resolves with the answer, `timeout` when there was none in time; the signal aborts when the viewer is gone. */
  request(applicant: Applicant, signal: AbortSignal): Promise<ConsentOutcome>;
}

/** Lets everybody in who knows the secret: only for a host that was started so from its command line. */
export function acceptAll(permissions: (applicant: Applicant) => Permissions): ConsentPort {
  return { request: (applicant) => Promise.resolve(permissions(applicant)) };
}

/** Turns everybody away unasked while the host's user does not want to be disturbed. */
export function undisturbed(desk: ConsentPort, isOn: () => boolean): ConsentPort {
  return {
    request: (applicant, signal) => (isOn() ? Promise.resolve('disturbed') : desk.request(applicant, signal)),
  };
}

/** Asks only about those for whom `isUserAsked`; the others get `permissions`. */
export function spareUser(
  desk: ConsentPort,
  isUserAsked: (applicant: Applicant) => boolean,
  permissions: (applicant: Applicant) => Permissions,
): ConsentPort {
  return {
    request: (applicant, signal) =>
      isUserAsked(applicant) ? desk.request(applicant, signal) : Promise.resolve(permissions(applicant)),
  };
}
