// Owns the host's side of the handshake: bytes in, bytes out, no socket. The host's user is asked in the middle of it.
import { TarnetError } from '../../shared/base/errors.ts';
import { openAnswer, sealChallenge } from '../../shared/crypto/factor-format.ts';
import {
  decodeHs1,
  decodeHs3,
  encodeHs2,
  encodeHs4Opening,
  HANDSHAKE_LIMITS,
  HandshakeMode,
  type Hs1,
  SESSION_ID_BYTES,
  type SpokenMode,
} from '../../shared/crypto/handshake-format.ts';
import { type Introducer, openIntroduction, sealIntroduction } from '../../shared/crypto/introduction.ts';
import {
  factorKeys,
  type HandshakeKeys,
  handshakeKeys,
  hostHash,
  knownDeviceProof,
  shortAuthenticationString,
} from '../../shared/crypto/key-schedule.ts';
import { sameBytes } from '../../shared/crypto/labels.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import { fingerprint, sameIdentity } from '../../shared/crypto/words.ts';
import type { FingerprintWords, PublicIdentity } from '../../shared/model/identity.ts';
import type { ProofKind } from '../../shared/model/password.ts';
import {
  HOST_HANDSHAKE_TRANSITIONS,
  type HostHandshakeEvent,
  type HostHandshakePhase,
} from '../../shared/session/handshake-phase.ts';
import { transition } from '../../shared/session/transition-table.ts';
import type { AccessAttempt, AccessGates } from '../pairing/access-gate.ts';
import type { Identity } from '../pairing/identity.ts';
import type { OpaquePort, OpaqueServerState } from '../pairing/opaque-port.ts';
import type { DeviceBook } from '../pairing/paired-devices.ts';
import type { ResumptionTicket, TicketBook } from '../pairing/resumption-tickets.ts';
import { type HandshakeResult, sessionOf } from './handshake-result.ts';

export interface HostHandshakeOptions {
  primitives: Primitives;
  opaque: OpaquePort;
  /** This host's identity. */
  identity: Introducer & Pick<Identity, 'agree'>;
  /** Nine digits. */
  hostId: string;
  /** Guard the code and the password, and count the guesses. */
  gates: AccessGates;
  tickets: TicketBook;
  devices: DeviceBook;
}

/** The ticket that a viewer came back with; its secret is used up. */
export type ProvedTicket = Omit<ResumptionTicket, 'secret'>;

/** The viewer has proved itself; the host's user decides. */
export interface HostProof {
  kind: 'proof';
  peer: PublicIdentity;
  fingerprint: FingerprintWords;
  /** What the viewer says of itself; opaque here. */
  hello: Uint8Array;
  /** Three words that the viewer's screen shows too. */
  sas: readonly string[];
  /** How it proved itself; with a ticket, how it did the first time. */
  how: ProofKind;
  /** The ticket it came back with: its user has been asked before; else null. */
  ticket: ProvedTicket | null;
}

export interface HostReply {
  kind: 'reply';
  /** HS2, to be sent. */
  message: Uint8Array<ArrayBuffer>;
}

/** The viewer knows the password; the question for its second factor is to be sent, and its user needs time. */
export interface HostChallenge extends Pick<HostProof, 'hello' | 'fingerprint'> {
  kind: 'challenge';
  message: Uint8Array<ArrayBuffer>;
}

export interface HostGranted extends HandshakeResult {
  /** HS4, to be sent before anything of the channel. */
  message: Uint8Array<ArrayBuffer>;
}

interface Answered {
  hs1: Uint8Array;
  hs2: Uint8Array;
  mode: SpokenMode;
  /** X25519(e_v, e_h). */
  shared: Uint8Array;
  proof: SecretProof | DeviceProof | TicketProof;
}

interface SecretProof {
  kind: 'code' | 'password';
  attempt: AccessAttempt;
  state: OpaqueServerState;
}

interface DeviceProof {
  kind: 'paired';
  /** X25519(e_v, S_h). */
  toStatic: Uint8Array;
}

interface TicketProof {
  kind: 'ticket';
  ticket: ResumptionTicket;
}

interface Proved {
  mode: SpokenMode;
  /** HS1, HS2, HS3, and where there was a second factor, its question and its answer. */
  messages: readonly Uint8Array[];
  keys: HandshakeKeys;
  ticketId: Uint8Array | null;
}

/** A viewer that has to give its second factor before it has proved itself. */
interface Challenged {
  attempt: AccessAttempt;
  proved: Proved;
  proof: HostProof;
}

/**
 * One handshake. `receive` for each handshake message, then `grant`; whatever throws has ended it, and
 * `encodeRefusal(error)` is what to tell the viewer. Throws HandshakeError (what a gate throws) or TarnetError
 * (`not-found` for a ticket, `wrong-code`, `wrong-password`, `not-paired`, `identity-changed`, `version-too-old`, `not-supported`, `malformed`,
 * `too-large`, `tampered`, `cancelled`). A guess counts from HS1 on and is given back by a valid HS3 only, and where a second
 * factor is wanted by the right one; who leaves without answering has not guessed. The caller owns time-outs, and calls
 * `close` when the viewer leaves.
 */
export class HostHandshake {
  readonly #options: HostHandshakeOptions;
  #phase: HostHandshakePhase = 'awaiting-hs1';
  #attempt: AccessAttempt | null = null;
  #answered: Answered | null = null;
  #challenged: Challenged | null = null;
  #proved: Proved | null = null;
  #failure: TarnetError | null = null;

  constructor(options: HostHandshakeOptions) {
    this.#options = options;
  }

  get phase(): HostHandshakePhase {
    return this.#phase;
  }

  /**
   * Takes the next handshake message of the viewer: HS1 gives the reply to send, HS3 the proof to decide on, or the question
   * to send whose answer then gives the proof.
   */
  async receive(message: Uint8Array): Promise<HostReply | HostChallenge | HostProof> {
    try {
      if (this.#phase === 'awaiting-hs1') return await this.#receiveHs1(message.slice());
      if (this.#phase === 'awaiting-hs3') return await this.#receiveHs3(message.slice());
      if (this.#phase === 'awaiting-answer') return await this.#receiveAnswer(message.slice());
      throw TarnetError.malformed('type', `no message is expected while ${this.#phase}`);
    } catch (error) {
      if (this.#phase === 'done') throw error;
      throw this.#fail(TarnetError.from(error));
    }
  }

  /**
   * The host's user, or the policy, said yes. `grant` is opaque here, at most HANDSHAKE_LIMITS.maxGrantBytes. Uses up the
   * viewer's ticket: throws `not-found` when it has run out or was used meanwhile.
   */
  grant(grant: Uint8Array): HostGranted {
    if (grant.length > HANDSHAKE_LIMITS.maxGrantBytes)
      throw TarnetError.tooLarge('grant', grant.length, HANDSHAKE_LIMITS.maxGrantBytes);
    const proved = this.#proved;
    if (this.#phase !== 'awaiting-consent' || !proved)
      throw this.#failure ?? new TarnetError('illegal-transition', `granting while ${this.#phase}`);
    if (proved.ticketId && !this.#options.tickets.use(proved.ticketId))
      throw this.#fail(new TarnetError('not-found', 'the ticket is no longer good', { field: 'ticket' }));
    const { primitives, identity } = this.#options;
    const { mode, messages, keys } = proved;
    const context = { role: 'host', key: keys.host, transcript: [...messages, encodeHs4Opening(mode)] } as const;
    const message = sealIntroduction(primitives, context, identity, grant);
    const result = sessionOf(primitives, 'host', keys.prk, [...messages, message]);
    this.#step('granted');
    this.#forget();
    return { message, ...result };
  }

  /** Gives up: the viewer left or took too long, or the host's user said no (`encodeRefusal` tells the viewer). */
  close(): void {
    if (this.#phase !== 'done') this.#fail(new TarnetError('cancelled', 'the handshake was given up'));
  }

  async #receiveHs1(message: Uint8Array): Promise<HostReply> {
    const { primitives, hostId } = this.#options;
    const hs1 = decodeHs1(message);
    this.#step('got-hs1');
    if (!sameBytes(hs1.hostHash, hostHash(primitives, hostId)))
      throw new TarnetError('tampered', 'the viewer means another host', { field: 'hostHash' });
    const { proof, ke2, triesLeft } = await this.#answer(hs1);
    const ephemeral = primitives.x25519KeyPair();
    const shared = primitives.x25519(ephemeral.privateKey, hs1.ephemeral);
    ephemeral.privateKey.fill(0);
    if (!shared) throw new TarnetError('tampered', 'the ephemeral key is of low order', { field: 'ephemeral' });
    const sessionId = primitives.randomBytes(SESSION_ID_BYTES);
    const hs2 = encodeHs2({ mode: hs1.mode, sessionId, ephemeral: ephemeral.publicKey, ke2, triesLeft });
    this.#step('sent-hs2');
    this.#answered = { hs1: message, hs2, mode: hs1.mode, shared, proof };
    return { kind: 'reply', message: hs2 };
  }

  async #answer(hs1: Hs1): Promise<{ proof: Answered['proof']; ke2: Uint8Array; triesLeft: number | null }> {
    const { gates, opaque, tickets } = this.#options;
    if (hs1.mode === HandshakeMode.resume) {
      const ticket = tickets.find(hs1.ke1);
      if (!ticket) throw new TarnetError('not-found', 'no such ticket', { field: 'ticket' });
      return { proof: { kind: 'ticket', ticket }, ke2: new Uint8Array(), triesLeft: null };
    }
    if (hs1.mode === HandshakeMode.knownDevice) {
      const toStatic = this.#options.identity.agree(hs1.ephemeral);
      if (!toStatic) throw new TarnetError('tampered', 'the ephemeral key is of low order', { field: 'ephemeral' });
      return { proof: { kind: 'paired', toStatic }, ke2: new Uint8Array(), triesLeft: null };
    }
    const kind = hs1.mode === HandshakeMode.password ? 'password' : 'code';
    const attempt = gates[kind].begin();
    this.#attempt = attempt;
    await attempt.counted;
    const { ke2, state } = await opaque.serverStart(attempt.record, hs1.ke1);
    return { proof: { kind, attempt, state }, ke2, triesLeft: attempt.triesLeft };
  }

  async #receiveHs3(message: Uint8Array): Promise<HostChallenge | HostProof> {
    const { primitives, devices, gates } = this.#options;
    const hs3 = decodeHs3(message);
    const answered = this.#answered;
    if (!answered || hs3.mode !== answered.mode)
      throw new TarnetError('tampered', 'another mode came back', { field: 'mode' });
    this.#step('got-hs3');
    const { hs1, hs2, mode, shared, proof } = answered;
    const proofKey = await this.#proofKey(proof, hs3.ke3);
    const asksMore = proof.kind === 'password' && (await gates.secondFactor.isAsked());
    const keys = handshakeKeys(primitives, { hs1, hs2 }, { proofKey, ephemeral: shared });
    proofKey.fill(0);
    const transcript = [hs1, hs2, message.subarray(0, message.length - hs3.sealed.length)];
    const viewer = openIntroduction(primitives, { role: 'viewer', key: keys.viewer, transcript }, hs3.sealed);
    const ticket = proof.kind === 'ticket' ? proof.ticket : null;
    if (ticket && !sameIdentity(ticket.viewer, viewer.identity))
      throw new TarnetError('identity-changed', 'the viewer has another identity than its ticket', {
        field: 'identity',
      });
    if (proof.kind === 'paired' && !devices.find(viewer.identity))
      throw new TarnetError('not-paired', 'this device is not paired', { field: 'identity' });
    const messages = [hs1, hs2, message] as const;
    const proved: Proved = { mode, messages, keys, ticketId: ticket?.id ?? null };
    const proven: HostProof = {
      kind: 'proof',
      peer: viewer.identity,
      fingerprint: fingerprint(primitives, viewer.identity),
      hello: viewer.payload,
      sas: shortAuthenticationString(primitives, keys.prk, messages),
      how: proof.kind === 'ticket' ? proof.ticket.how : proof.kind,
      ticket: ticket && withoutSecret(ticket),
    };
    if (proof.kind === 'password' && asksMore)
      return this.#challenge({ attempt: proof.attempt, proved, proof: proven });
    if (proof.kind === 'code' || proof.kind === 'password') proof.attempt.succeed();
    this.#step('proved');
    this.#proved = proved;
    return proven;
  }

  #challenge({ attempt, proved, proof }: Challenged): HostChallenge {
    const { primitives } = this.#options;
    const { mode, messages, keys } = proved;
    attempt.hold();
    const { challenge: key } = factorKeys(primitives, keys.prk);
    const message = sealChallenge(primitives, { mode, key, transcript: messages });
    this.#step('challenged');
    this.#challenged = { attempt, proved: { ...proved, messages: [...messages, message] }, proof };
    return { kind: 'challenge', message, hello: proof.hello, fingerprint: proof.fingerprint };
  }

  async #receiveAnswer(message: Uint8Array): Promise<HostProof> {
    const { primitives, gates } = this.#options;
    const challenged = this.#challenged;
    // From here on it is a guess, whatever it says.
    this.#step('got-answer');
    this.#challenged = null;
    if (!challenged) throw new TarnetError('internal', 'nothing was asked');
    const { attempt, proved, proof } = challenged;
    const { mode, messages, keys } = proved;
    this.#proved = { ...proved, messages: [...messages, message] };
    const { answer: key } = factorKeys(primitives, keys.prk);
    await gates.secondFactor.use(openAnswer(primitives, { mode, key, transcript: messages }, message));
    attempt.succeed();
    this.#step('proved');
    return proof;
  }

  async #proofKey(proof: Answered['proof'], ke3: Uint8Array): Promise<Uint8Array> {
    if (proof.kind === 'ticket') return proof.ticket.secret.slice();
    if (proof.kind === 'paired') return knownDeviceProof(this.#options.primitives, proof.toStatic);
    try {
      return await this.#options.opaque.serverFinish(proof.state, ke3);
    } catch (error) {
      if (proof.kind !== 'password' || TarnetError.from(error).reason !== 'wrong-code') throw error;
      throw new TarnetError('wrong-password', 'the password is wrong', { field: 'password', cause: error });
    }
  }

  #step(event: HostHandshakeEvent): void {
    this.#phase = transition(HOST_HANDSHAKE_TRANSITIONS, this.#phase, event);
  }

  /** The first reason is the one that counts: work that was under way then trips over the ended handshake. */
  #fail(error: TarnetError): TarnetError {
    this.#failure ??= error;
    this.#step('failed');
    this.#forget();
    return this.#failure;
  }

  /** Also counts the guess as wrong, unless it has proved right, or the second factor was not even guessed. */
  #forget(): void {
    if (this.#challenged) this.#attempt?.withdraw();
    else this.#attempt?.fail();
    this.#attempt = null;
    for (const key of Object.values(this.#challenged?.proved.keys ?? {})) key.fill(0);
    this.#challenged = null;
    if (this.#answered?.proof.kind === 'ticket') this.#answered.proof.ticket.secret.fill(0);
    if (this.#answered?.proof.kind === 'paired') this.#answered.proof.toStatic.fill(0);
    this.#answered?.shared.fill(0);
    this.#answered = null;
    for (const key of Object.values(this.#proved?.keys ?? {})) key.fill(0);
    this.#proved = null;
  }
}

function withoutSecret({ id, viewer, viewerName, permissionBits, how }: ResumptionTicket): ProvedTicket {
  return { id, viewer, viewerName, permissionBits, how };
}
