// Owns pairing on the host: a viewer's wish, the question to the host's user, and the device that is kept.
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import { PAIRING_TRANSITIONS } from '../../shared/session/pairing-phase.ts';
import { canTransition } from '../../shared/session/transition-table.ts';
import type { DeviceBook } from '../pairing/paired-devices.ts';
import type { ConsentPort } from './consent.ts';
import type { HostSession } from './host-session.ts';

/** What pairing needs of the devices. */
export interface PairingBook extends DeviceBook {
  add(name: string, identity: PublicIdentity): Promise<unknown>;
  used(id: string): void;
}

export interface HostPairingOptions {
  devices: PairingBook;
  /** Always the host's user, also where others are let in unasked. */
  desk: ConsentPort;
  /** 32 bytes by which paired devices recognise this host on the LAN. */
  discoveryKey: Uint8Array;
  log: Log;
  onChange(): void;
}

export class HostPairing {
  readonly #options: HostPairingOptions;
  readonly #questions = new Map<HostSession, AbortController>();

  constructor(options: HostPairingOptions) {
    this.#options = options;
  }

  /** The host's user proposes it: the viewer's user is asked, and whatever comes of it ends at `requested`. */
  offer(session: HostSession): void {
    if (!canTransition(PAIRING_TRANSITIONS, session.pairing, 'offered'))
      throw new TarnetError('illegal-transition', `offered while ${session.pairing}`);
    session.pair('offered');
    session.sendPairingNews('offered');
    this.#options.onChange();
  }

  /** The viewer's user wants it, or does not. What does not fit the phase is nothing: a click may cross another. */
  requested(session: HostSession, wanted: boolean): void {
    const event = wanted ? 'asked' : 'refused';
    if (!canTransition(PAIRING_TRANSITIONS, session.pairing, event)) return;
    session.pair(event);
    this.#options.onChange();
    if (wanted) void this.#ask(session);
  }

  /** The viewer is back: the good news may have been lost with its connection. */
  resumed(session: HostSession): void {
    if (session.pairing === 'paired' && session.how !== 'paired') session.sendPaired(this.#options.discoveryKey);
  }

  /** The viewer is gone: the question goes too. */
  close(session: HostSession): void {
    this.#questions.get(session)?.abort();
    this.#questions.delete(session);
  }

  async #ask(session: HostSession): Promise<void> {
    const { desk, devices, discoveryKey, log, onChange } = this.#options;
    const question = new AbortController();
    this.#questions.set(session, question);
    const { name, system, address, fingerprint, sas, how } = session.summary;
    const asks = 'pairing' as const;
    const applicant = { name, system, address, fingerprint, sas, how, asks, permissions: null, viewOnly: false };
    let failed: ErrorReason | null = null;
    try {
      const answer = await desk.request(applicant, question.signal);
      if (question.signal.aborted) return;
      if (answer === 'deny' || answer === 'timeout') failed = 'denied';
      else await devices.add(name || address, session.viewer);
    } catch (error) {
      failed = TarnetError.from(error).reason;
      log.warn('cannot pair', { reason: failed });
    }
    this.#questions.delete(session);
    if (session.phase === 'gone' || session.pairing !== 'asked') return;
    session.pair(failed === null ? 'paired' : 'declined');
    if (failed === null) session.sendPaired(discoveryKey);
    else session.sendPairingNews('declined');
    onChange();
  }
}
