// Owns the viewer's side of the handshake: bytes in, bytes out, no socket.
import { TarnetError } from '../../shared/base/errors.ts';
import { isChallenge, openChallenge, sealAnswer } from '../../shared/crypto/factor-format.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import {
  decodeHs2,
  decodeHs4,
  decodeRefusal,
  encodeHs1,
  encodeHs3Opening,
  encodeHs4Opening,
  HANDSHAKE_LIMITS,
  HandshakeMode,
  type SpokenMode,
} from '../../shared/crypto/handshake-format.ts';
import { hostIdOf } from '../../shared/crypto/host-id.ts';
import { type Introducer, openIntroduction, sealIntroduction } from '../../shared/crypto/introduction.ts';
import {
  factorKeys,
  type HandshakeKeys,
  handshakeKeys,
  hostHash,
  knownDeviceProof,
  shortAuthenticationString,
} from '../../shared/crypto/key-schedule.ts';
import type { KeyPair, Primitives } from '../../shared/crypto/primitives.ts';
import { sameIdentity } from '../../shared/crypto/words.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import {
  VIEWER_HANDSHAKE_TRANSITIONS,
  type ViewerHandshakeEvent,
  type ViewerHandshakePhase,
} from '../../shared/session/handshake-phase.ts';
import { transition } from '../../shared/session/transition-table.ts';
import type { OpaqueClientState, OpaquePort } from '../pairing/opaque-port.ts';
import { type HandshakeResult, sessionOf } from './handshake-result.ts';

/** How the viewer proves itself. */
export type ViewerCredential =
  /** The code as its user typed it, nine digits; or the permanent password, or the secret of a secret file. */
  | { kind: 'code' | 'password'; secret: string }
  /** The host's key, pinned when the two were paired. */
  | { kind: 'paired'; host: PublicIdentity }
  /** What an earlier session left: 16 bytes, 64 bytes, and the host that they belong to. */
  | { kind: 'ticket'; ticketId: Uint8Array; resumptionSecret: Uint8Array; host: PublicIdentity };

const MODES = {
  code: HandshakeMode.code,
  password: HandshakeMode.password,
  paired: HandshakeMode.knownDevice,
  ticket: HandshakeMode.resume,
} as const satisfies Record<ViewerCredential['kind'], SpokenMode>;

export interface ViewerHandshakeOptions {
  primitives: Primitives;
  opaque: OpaquePort;
  /** This device's identity. */
  identity: Introducer;
  /** Nine digits, as the relay told when it let us into the room. */
  hostId: string;
  credential: ViewerCredential;
  /** What this viewer says of itself; opaque here, at most HANDSHAKE_LIMITS.maxHelloBytes. */
  hello: Uint8Array;
  /** Compares the host with what is pinned; throws `identity-changed`. Called once the host has proved its identity. */
  acceptHost(host: PublicIdentity): void | Promise<void>;
}

export interface ViewerProof {
  kind: 'proof';
  /** HS3, to be sent. */
  message: Uint8Array<ArrayBuffer>;
  /** Three words that the host's screen shows too, while its user decides. */
  sas: readonly string[];
}

/** The host knows that we have the password, and wants a second factor: `answer` goes on. */
export interface ViewerChallenge {
  kind: 'challenge';
}

export interface ViewerGranted extends HandshakeResult {
  kind: 'granted';
  host: PublicIdentity;
  /** What the host grants; opaque here. */
  grant: Uint8Array;
}

interface Sent {
  hs1: Uint8Array;
  ephemeral: KeyPair;
  opaque: OpaqueClientState | null;
}

interface Proved {
  /** All so far. */
  messages: readonly Uint8Array[];
  keys: HandshakeKeys;
}

/**
 * One handshake. `start`, then `receive` for each handshake message; whatever throws has ended it. Throws
 * HandshakeError for the host's refusal with its reason, for `wrong-code` with the tries left and for `wrong-password`; TarnetError
 * `version-too-old`, `identity-changed`, `malformed`, `too-large`, `tampered`, `cancelled` (after `close`). The caller owns time-outs and calls `close` when it gives up.
 */
export class ViewerHandshake {
  readonly #options: ViewerHandshakeOptions;
  readonly #mode: SpokenMode;
  #phase: ViewerHandshakePhase = 'idle';
  #sent: Sent | null = null;
  #proved: Proved | null = null;
  #triesLeft: number | null = null;
  #failure: TarnetError | null = null;

  constructor(options: ViewerHandshakeOptions) {
    if (options.hello.length > HANDSHAKE_LIMITS.maxHelloBytes)
      throw TarnetError.tooLarge('hello', options.hello.length, HANDSHAKE_LIMITS.maxHelloBytes);
    this.#options = options;
    this.#mode = MODES[options.credential.kind];
  }

  get phase(): ViewerHandshakePhase {
    return this.#phase;
  }

  /** HS1, to be sent. */
  async start(): Promise<Uint8Array<ArrayBuffer>> {
    this.#step('started');
    return this.#guard(async () => {
      const { primitives, opaque, credential, hostId } = this.#options;
      // Another host is at this place: found out before anything is said that only ours should hear.
      if (credential.kind === 'paired' && hostIdOf(primitives, credential.host.ed25519) !== hostId)
        throw new TarnetError('other-host', 'another computer answers at this address', { field: 'hostId' });
      const ephemeral = primitives.x25519KeyPair();
      const opening = 'secret' in credential ? await opaque.clientStart(credential.kind, credential.secret) : null;
      const ke1 = credential.kind === 'ticket' ? credential.ticketId : (opening?.ke1 ?? new Uint8Array());
      const hash = hostHash(primitives, hostId);
      const hs1 = encodeHs1({ mode: this.#mode, hostHash: hash, ephemeral: ephemeral.publicKey, ke1 });
      this.#step('sent-hs1');
      this.#sent = { hs1, ephemeral, opaque: opening?.state ?? null };
      return hs1;
    });
  }

  /** Takes the next handshake message of the host: HS2 gives the proof to send, HS4 the session; between them may be a question. */
  receive(message: Uint8Array): Promise<ViewerProof | ViewerChallenge | ViewerGranted> {
    return this.#guard(async () => {
      const refusal = decodeRefusal(message);
      if (refusal) throw refusal;
      if (this.#phase === 'awaiting-hs2') return this.#receiveHs2(message.slice());
      if (this.#phase === 'awaiting-hs4' && isChallenge(message)) return this.#receiveChallenge(message.slice());
      if (this.#phase === 'awaiting-hs4' || this.#phase === 'awaiting-grant') return this.#receiveHs4(message.slice());
      throw TarnetError.malformed('type', `no message is expected while ${this.#phase}`);
    });
  }

  /**
   * The answer to the host's question, to be sent. Throws `malformed`, and goes on waiting, for what is no code; ends with
   * `illegal-transition` when nothing was asked.
   * @param typed six digits or a recovery code, as its user typed it
   */
  answer(typed: string): Uint8Array<ArrayBuffer> {
    const { primitives } = this.#options;
    const proved = this.#proved;
    if (this.#phase !== 'asking-user' || !proved)
      throw this.#failure ?? new TarnetError('illegal-transition', `answering while ${this.#phase}`);
    const { answer: key } = factorKeys(primitives, proved.keys.prk);
    const message = sealAnswer(primitives, { mode: this.#mode, key, transcript: proved.messages }, typed);
    this.#step('answered');
    this.#proved = { ...proved, messages: [...proved.messages, message] };
    return message;
  }

  /** Gives up, and forgets the keys. */
  close(): void {
    if (this.#phase !== 'done') this.#fail(new TarnetError('cancelled', 'the handshake was given up'));
  }

  async #receiveHs2(message: Uint8Array): Promise<ViewerProof> {
    const { primitives, identity, hello } = this.#options;
    const hs2 = decodeHs2(message);
    const sent = this.#sent;
    if (hs2.mode !== this.#mode || !sent)
      throw new TarnetError('tampered', 'another mode came back', { field: 'mode' });
    this.#triesLeft = hs2.triesLeft;
    this.#step('got-hs2');
    const shared = primitives.x25519(sent.ephemeral.privateKey, hs2.ephemeral);
    if (!shared) throw new TarnetError('tampered', 'the ephemeral key is of low order', { field: 'ephemeral' });
    const { proofKey, ke3 } = await this.#prove(sent, hs2.ke2);
    const keys = handshakeKeys(primitives, { hs1: sent.hs1, hs2: message }, { proofKey, ephemeral: shared });
    shared.fill(0);
    proofKey.fill(0);
    const opening = encodeHs3Opening(this.#mode, ke3);
    const context = { role: 'viewer', key: keys.viewer, transcript: [sent.hs1, message, opening] } as const;
    const hs3 = sealIntroduction(primitives, context, identity, hello);
    this.#step('sent-hs3');
    this.#proved = { messages: [sent.hs1, message, hs3], keys };
    const sas = shortAuthenticationString(primitives, keys.prk, [sent.hs1, message, hs3]);
    return { kind: 'proof', message: hs3, sas };
  }

  async #prove(sent: Sent, ke2: Uint8Array): Promise<{ proofKey: Uint8Array; ke3: Uint8Array }> {
    const { primitives, credential, opaque } = this.#options;
    if (credential.kind === 'ticket') return { proofKey: credential.resumptionSecret.slice(), ke3: new Uint8Array() };
    if (credential.kind === 'paired') {
      const toStatic = primitives.x25519(sent.ephemeral.privateKey, credential.host.x25519);
      if (!toStatic) throw new TarnetError('tampered', 'the pinned key is of low order', { field: 'identity' });
      return { proofKey: knownDeviceProof(primitives, toStatic), ke3: new Uint8Array() };
    }
    const finished = sent.opaque && (await opaque.clientFinish(sent.opaque, ke2));
    if (!finished) {
      const kind = credential.kind === 'password' ? 'password' : 'code';
      throw new HandshakeError(`wrong-${kind}`, `the host has another ${kind}`, {
        field: kind,
        triesLeft: this.#triesLeft,
      });
    }
    return { proofKey: finished.sessionKey, ke3: finished.ke3 };
  }

  async #receiveChallenge(message: Uint8Array): Promise<ViewerChallenge> {
    const { primitives } = this.#options;
    const proved = this.#proved;
    if (!proved || this.#mode !== HandshakeMode.password)
      throw TarnetError.malformed('type', 'a second factor goes with the password only');
    const { challenge: key } = factorKeys(primitives, proved.keys.prk);
    openChallenge(primitives, { mode: this.#mode, key, transcript: proved.messages }, message);
    this.#step('challenged');
    this.#proved = { ...proved, messages: [...proved.messages, message] };
    return { kind: 'challenge' };
  }

  async #receiveHs4(message: Uint8Array): Promise<ViewerGranted> {
    const { primitives, credential, acceptHost } = this.#options;
    const hs4 = decodeHs4(message);
    const proved = this.#proved;
    if (hs4.mode !== this.#mode || !proved)
      throw new TarnetError('tampered', 'another mode came back', { field: 'mode' });
    this.#step('got-hs4');
    const { messages, keys } = proved;
    const transcript = [...messages, encodeHs4Opening(this.#mode)];
    const host = openIntroduction(primitives, { role: 'host', key: keys.host, transcript }, hs4.sealed);
    if ('host' in credential && !sameIdentity(credential.host, host.identity))
      throw new TarnetError('identity-changed', 'the host has another identity than it had', { field: 'identity' });
    await acceptHost(host.identity);
    const result = sessionOf(primitives, 'viewer', keys.prk, [...messages, message]);
    this.#step('finished');
    this.#forget();
    return { kind: 'granted', host: host.identity, grant: host.payload, ...result };
  }

  #step(event: ViewerHandshakeEvent): void {
    this.#phase = transition(VIEWER_HANDSHAKE_TRANSITIONS, this.#phase, event);
  }

  /** Any failure ends the handshake, also a message that arrives while another is being worked on. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#phase === 'done') throw error;
      throw this.#fail(TarnetError.from(error));
    }
  }

  /** The first reason is the one that counts: work that was under way then trips over the ended handshake. */
  #fail(error: TarnetError): TarnetError {
    this.#failure ??= error;
    this.#step('failed');
    this.#forget();
    return this.#failure;
  }

  #forget(): void {
    this.#sent?.ephemeral.privateKey.fill(0);
    this.#sent = null;
    for (const key of Object.values(this.#proved?.keys ?? {})) key.fill(0);
    this.#proved = null;
  }
}
