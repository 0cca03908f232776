// Owns the second factor of the permanent password: its secret, which codes were used, and the recovery codes' hashes.
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import type { FactorProposal } from '../../shared/ipc/state.ts';
import { bareFactor, factorKind, SECOND_FACTOR_BOUNDS } from '../../shared/model/second-factor.ts';
import type { SecondFactorGate } from './access-gate.ts';
import type { SecretStore } from './secret-store.ts';
import { StoredState } from './stored-state.ts';
import { base32, grouped, matchTotp, newRecoveryCodes, otpauthUri, recoveryHash, TOTP_PARAMETERS } from './totp.ts';

const SECRET_TEXT_LENGTH = Math.ceil((TOTP_PARAMETERS.secretBytes * 8) / 6);
const HASH = /^[0-9a-f]{64}$/;

const storedSchema = v.strictObject({
  version: v.literal(1),
  isOn: v.boolean(),
  /** base64url; null while it is off, and when it was lost: then only recovery codes that are left are right. */
  secret: v.nullable(v.pipe(v.string(), v.regex(/^[\w-]+$/), v.length(SECRET_TEXT_LENGTH))),
  /** The newest step whose code was used, in steps since the Unix epoch; -1 = none. */
  usedStep: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
  recoveryHashes: v.pipe(v.array(v.pipe(v.string(), v.regex(HASH))), v.maxLength(SECOND_FACTOR_BOUNDS.recoveryCodes)),
});
type Stored = v.InferOutput<typeof storedSchema>;

const OFF: Stored = { version: 1, isOn: false, secret: null, usedStep: -1, recoveryHashes: [] };
/** What could not be read may have been on: nobody gets in past it until its owner has switched it off at the host. */
const LOST: Stored = { ...OFF, isOn: true };

/** What the host's window shows of it. */
export interface SecondFactorState {
  isOn: boolean;
  recoveryCodesLeft: number;
}

export interface SecondFactorOptions {
  store: SecretStore;
  clock: Clock;
  log: Log;
  onChange(state: SecondFactorState): void;
  /** From now on it is asked for: whoever came in without goes. */
  onSwitchedOn(): void;
}

/** A code that was right is on disk as used before it opens anything, so that no restart makes it good again. */
export class SecondFactor implements SecondFactorGate {
  readonly #options: SecondFactorOptions;
  readonly #file: StoredState<Stored>;
  #stored: Stored | null = null;
  #loading: Promise<string | null> | null = null;
  #proposed: Uint8Array | null = null;

  constructor(options: SecondFactorOptions) {
    this.#options = options;
    this.#file = new StoredState(options.store, 'second-factor', storedSchema);
  }

  /** Before it has been read it counts as on. */
  get state(): SecondFactorState {
    return { isOn: this.#stored?.isOn ?? true, recoveryCodesLeft: this.#stored?.recoveryHashes.length ?? 0 };
  }

  /**
   * Takes over what an earlier run of the app saved. What cannot be understood is set aside and its path returned; then it
   * is on, and no code is right.
   */
  load(): Promise<string | null> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async isAsked(): Promise<boolean> {
    await this.load().catch(() => undefined);
    return this.state.isOn;
  }

  async use(code: string): Promise<void> {
    await this.load();
    const stored = this.#assertOn();
    const used = factorKind(code) === 'recovery' ? withoutRecovery(stored, code) : this.#withUsedStep(stored, code);
    if (!used) throw new HandshakeError('wrong-second-factor', 'the code is wrong or was used', { field: 'factor' });
    await this.#save(used);
    const recoveryCodesLeft = used.recoveryHashes.length;
    if (recoveryCodesLeft < stored.recoveryHashes.length)
      this.#options.log.info('a recovery code was used', { left: recoveryCodesLeft });
  }

  /** A new secret, which replaces the one proposed before and is kept nowhere until it is confirmed. @param account as the authenticator app shall name it */
  async propose(account: string): Promise<FactorProposal> {
    await this.load();
    this.cancel();
    this.#proposed = new Uint8Array(randomBytes(TOTP_PARAMETERS.secretBytes));
    return {
      uri: otpauthUri(this.#proposed, account),
      secretText: grouped(base32(this.#proposed)).replaceAll('-', ' '),
    };
  }

  /** Forgets what was proposed. */
  cancel(): void {
    this.#proposed?.fill(0);
    this.#proposed = null;
  }

  /**
   * The authenticator app has the proposed secret: from now on it is asked for. Returns the recovery codes, which are shown
   * once. Throws `wrong-second-factor`, and `not-found` when nothing is proposed.
   */
  async confirm(typed: string): Promise<string[]> {
    const proposed = this.#proposed;
    if (!proposed) throw new TarnetError('not-found', 'nothing has been proposed', { field: 'factor' });
    const step = matchTotp(proposed, bareFactor(typed), this.#options.clock.nowMs(), -1);
    if (step === null) throw new TarnetError('wrong-second-factor', 'the code is wrong', { field: 'factor' });
    const codes = newRecoveryCodes();
    const secret = Buffer.from(proposed).toString('base64url');
    await this.#replace({ version: 1, isOn: true, secret, usedStep: step, recoveryHashes: codes.map(recoveryHash) });
    this.cancel();
    this.#options.onSwitchedOn();
    return codes;
  }

  /** New recovery codes in place of all that are left. Throws `not-found` while it is off. */
  async renewRecoveryCodes(): Promise<string[]> {
    await this.load();
    const stored = this.#assertOn();
    const codes = newRecoveryCodes();
    await this.#replace({ ...stored, recoveryHashes: codes.map(recoveryHash) });
    return codes;
  }

  /** From now on the password is enough; also when what was kept cannot be read. */
  async switchOff(): Promise<void> {
    await this.load().catch(() => undefined);
    this.cancel();
    await this.#replace(OFF);
  }

  #assertOn(): Stored {
    if (!this.#stored?.isOn) throw new TarnetError('not-found', 'there is no second factor', { field: 'factor' });
    return this.#stored;
  }

  /** Null when the code is not right now. */
  #withUsedStep(stored: Stored, code: string): Stored | null {
    if (stored.secret === null) return null;
    const secret = Buffer.from(stored.secret, 'base64url');
    const step = matchTotp(secret, code, this.#options.clock.nowMs(), stored.usedStep);
    secret.fill(0);
    return step === null ? null : { ...stored, usedStep: step };
  }

  async #load(): Promise<string | null> {
    const { value, setAside } = await this.#file.load();
    if (setAside === null) this.#change(value ?? OFF);
    else await this.#save(LOST);
    return setAside;
  }

  /** In memory at once: the same code, shown twice at a time, is right once. */
  async #save(stored: Stored): Promise<void> {
    this.#change(stored);
    try {
      await this.#file.save(stored);
    } catch (error) {
      this.#options.log.error('cannot save the second factor', { reason: TarnetError.from(error).reason });
      throw error;
    }
  }

  /** What its owner has decided at the host holds when it is on disk, and not otherwise. */
  async #replace(stored: Stored): Promise<void> {
    const before = this.#stored;
    try {
      await this.#save(stored);
    } catch (error) {
      if (this.#stored === stored) this.#change(before);
      throw error;
    }
  }

  #change(stored: Stored | null): void {
    this.#stored = stored;
    this.#options.onChange(this.state);
  }
}

/** Null when it is none of those that are left. */
function withoutRecovery(stored: Stored, code: string): Stored | null {
  const hash = recoveryHash(code);
  const recoveryHashes = stored.recoveryHashes.filter((one) => one !== hash);
  return recoveryHashes.length < stored.recoveryHashes.length ? { ...stored, recoveryHashes } : null;
}
