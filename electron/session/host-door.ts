// Owns one connection of a viewer until it is let in or turned away: the handshake, and the question to the host's user.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { encodeRefusal } from '../../shared/crypto/handshake-format.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import { type Permissions, permissionsFromBits } from '../../shared/model/permissions.ts';
import { SECOND_FACTOR_BOUNDS } from '../../shared/model/second-factor.ts';
import { type Hello, helloMessage } from '../../shared/wire/messages/hello.ts';
import { isSupportedVersion } from '../../shared/wire/version.ts';
import type { DeviceBook } from '../pairing/paired-devices.ts';
import type { ConsentPort } from './consent.ts';
import {
  type HostChallenge,
  type HostGranted,
  HostHandshake,
  type HostHandshakeOptions,
  type HostProof,
  type ProvedTicket,
} from './host-handshake.ts';
import type { ViewerDescription } from './host-session.ts';

export const HOST_DOOR_LIMITS = {
  /** From being in the room to the viewer's proof. */
  proofTimeoutMs: 20_000,
  /** From the question for a second factor to its answer. */
  answerTimeoutMs: SECOND_FACTOR_BOUNDS.answerTimeoutMs,
} as const;

/** A viewer that has proved itself and may come in. */
export interface Admission {
  viewer: PublicIdentity;
  description: ViewerDescription;
  permissions: Permissions;
  /** The ticket that it came back with; null when the host's user, or the policy, has just let it in. */
  ticket: ProvedTicket | null;
  /** Makes HS4 and the channel. Throws when the handshake is over. */
  grant(grant: Uint8Array): HostGranted;
}

/** Who asks to come in, as it has proved and says of itself. */
export interface Applying {
  name: string;
  system: string;
  fingerprint: string[];
}

export interface HostDoorEvents {
  /** A handshake message for the viewer. */
  send(message: Uint8Array): void;
  /** Called once; whatever it throws turns the viewer away. */
  onAdmitted(admission: Admission): void;
  /** Once: the viewer was turned away and told why. Not called after `close`. */
  onRefused(error: TarnetError, who: Applying | null): void;
  /** `close` came when the viewer had begun and was not let in yet. */
  onGivenUp(who: Applying | null): void;
}

export class HostDoor {
  readonly #address: string;
  readonly #consent: ConsentPort;
  readonly #events: HostDoorEvents;
  readonly #handshake: HostHandshake;
  readonly #clock: Clock;
  readonly #devices: DeviceBook;
  readonly #left = new AbortController();
  #over: boolean = false;
  #who: Applying | null = null;
  #barred: TarnetError | null = null;
  #cancelTimeout: () => void;

  constructor(
    address: string,
    handshake: HostHandshakeOptions,
    consent: ConsentPort,
    clock: Clock,
    events: HostDoorEvents,
  ) {
    this.#address = address;
    this.#handshake = new HostHandshake(handshake);
    this.#devices = handshake.devices;
    this.#consent = consent;
    this.#events = events;
    this.#clock = clock;
    this.#cancelTimeout = this.#refuseAfter(HOST_DOOR_LIMITS.proofTimeoutMs);
  }

  /** Whatever the viewer says first, this is the answer: nothing of it is looked at, and no guess counts. */
  bar(error: TarnetError): void {
    this.#barred = error;
  }

  /** A handshake message of the viewer. */
  receive(message: Uint8Array): void {
    if (this.#barred) {
      this.refuse(this.#barred);
      return;
    }
    this.#handshake
      .receive(message)
      .then((step) => {
        if (this.#over) return undefined;
        if (step.kind === 'proof') return this.#decide(step);
        if (step.kind === 'challenge') this.#awaitAnswer(step);
        this.#events.send(step.message);
        return undefined;
      })
      .catch((error: unknown) => this.refuse(TarnetError.from(error)));
  }

  /** The viewer left, or sharing ends: the question is taken from the screen. */
  close(): void {
    if (this.#over) return;
    const begun = this.#handshake.phase !== 'awaiting-hs1';
    this.#shut();
    if (begun) this.#events.onGivenUp(this.#who);
  }

  /** Turns the viewer away, and tells it why. */
  refuse(error: TarnetError): void {
    if (this.#over) return;
    this.#events.send(encodeRefusal(error));
    this.#shut();
    this.#events.onRefused(error, this.#who);
  }

  /** Whoever has the password and not the second factor is worth a name in the log. */
  #awaitAnswer(challenge: HostChallenge): void {
    this.#introduce(challenge);
    this.#cancelTimeout();
    this.#cancelTimeout = this.#refuseAfter(HOST_DOOR_LIMITS.answerTimeoutMs);
  }

  #introduce({ hello, fingerprint }: Pick<HostProof, 'hello' | 'fingerprint'>): Hello {
    const said = helloMessage.decode(hello);
    this.#who = { name: said.name, system: said.system, fingerprint: [...fingerprint] };
    return said;
  }

  #refuseAfter(timeoutMs: number): () => void {
    return this.#clock.after(timeoutMs, () => this.refuse(new TarnetError('timeout', 'no proof in time')));
  }

  async #decide(proof: HostProof): Promise<void> {
    this.#cancelTimeout();
    const hello = this.#introduce(proof);
    if (!isSupportedVersion(hello.protocolVersion))
      throw new TarnetError('version-too-old', `protocol version ${hello.protocolVersion}`, { field: 'hello' });
    const description: ViewerDescription = {
      hello,
      address: this.#address,
      fingerprint: [...proof.fingerprint],
      sas: proof.sas.join(' '),
      how: proof.how,
    };
    const permissions = proof.ticket
      ? permissionsFromBits(proof.ticket.permissionBits)
      : await this.#askConsent(description, proof.peer);
    if (this.#over || !permissions) return;
    this.#events.onAdmitted({
      viewer: proof.peer,
      description,
      permissions,
      ticket: proof.ticket,
      grant: (grant) => {
        const granted = this.#handshake.grant(grant);
        this.#finish();
        return granted;
      },
    });
  }

  /** Null when the viewer was turned away. A yes gives a paired device no more than what is set for it. */
  async #askConsent(description: ViewerDescription, peer: PublicIdentity): Promise<Permissions | null> {
    const { hello, address, fingerprint, sas, how } = description;
    const { name, system, viewOnly } = hello;
    const asks = 'access' as const;
    const set = how === 'paired' ? (this.#devices.find(peer)?.permissions ?? null) : null;
    const permissions = set && [...set];
    const applicant = { name, system, address, fingerprint, sas, how, asks, permissions, viewOnly };
    const outcome = await this.#consent.request(applicant, this.#left.signal);
    if (this.#over) return null;
    if (outcome === 'deny') throw new TarnetError('denied', 'the host refused');
    if (outcome === 'disturbed') throw new TarnetError('do-not-disturb', 'nobody was asked');
    if (outcome === 'timeout') throw new TarnetError('consent-timeout', 'nobody answered');
    return set ? new Set([...outcome].filter((permission) => set.has(permission))) : outcome;
  }

  #shut(): void {
    this.#finish();
    this.#handshake.close();
  }

  #finish(): void {
    this.#over = true;
    this.#cancelTimeout();
    this.#left.abort();
  }
}
