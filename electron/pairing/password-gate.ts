// Owns the permanent password for unattended access: its OPAQUE record, never the password, and the count of guesses at it.
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import { PASSWORD_BOUNDS } from '../../shared/model/password.ts';
import type { AccessAttempt, AccessGate } from './access-gate.ts';
import { AttemptsInFlight } from './attempts-in-flight.ts';
import { type GuessCount, GuessLimits, guessCountSchema, NO_GUESSES } from './guess-limits.ts';
import { OPAQUE_LIMITS, opaqueRecordSchema } from './opaque-messages.ts';
import type { OpaquePort, OpaqueRecord } from './opaque-port.ts';
import type { SecretStore } from './secret-store.ts';
import { StoredState } from './stored-state.ts';

export const PASSWORD_GATE_LIMITS = {
  /** Wait before a record is tried again when OPAQUE failed. */
  retryMs: 1_000,
  decoyBytes: 32,
} as const;

const storedSchema = v.strictObject({
  version: v.literal(1),
  record: v.nullable(opaqueRecordSchema),
  decoy: v.nullable(opaqueRecordSchema),
  guesses: guessCountSchema,
});
type Stored = v.InferOutput<typeof storedSchema>;

const NOTHING: Stored = { version: 1, record: null, decoy: null, guesses: NO_GUESSES };

/** What the host's window shows of it. */
export interface PasswordGateState {
  /** There is one. */
  isSet: boolean;
  /** It is the secret of a file, and cannot be changed here. */
  fromFile: boolean;
  guesses: GuessCount;
  isStopped: boolean;
}

export interface PasswordGateOptions {
  store: SecretStore;
  opaque: Pick<OpaquePort, 'register'>;
  clock: Clock;
  log: Log;
  /** Whether unattended access is on. */
  isOn(): boolean;
  /** The secret of a secret file, in place of a password; it is on as long as the app runs. */
  fileSecret?: string | null;
  /** Called after each change of `state`. */
  onChange(): void;
  /** The password is another one now, or there is none any more. */
  onReplaced?(): void;
}

/**
 * A guess counts from `begin` on, on disk before it is answered. Without a password, and while unattended access is off,
 * guesses are made at a decoy that nobody knows the password of: from outside nobody can tell.
 */
export class PasswordGate implements AccessGate {
  readonly #options: PasswordGateOptions;
  readonly #attempts: AttemptsInFlight;
  readonly #file: StoredState<Stored>;
  #stored: Stored = NOTHING;
  #limits: GuessLimits;
  #fileRecord: OpaqueRecord | null = null;
  #loading: Promise<string | null> | null = null;
  #preparing: Promise<void> | null = null;
  #cancelTimer: () => void = () => undefined;

  /** Throws `malformed` for an empty file secret or one over OPAQUE_LIMITS.maxSecretLength. */
  constructor(options: PasswordGateOptions) {
    const { fileSecret = null } = options;
    if (fileSecret !== null && (fileSecret === '' || fileSecret.length > OPAQUE_LIMITS.maxSecretLength))
      throw TarnetError.malformed('secret', 'wrong length', `1 to ${OPAQUE_LIMITS.maxSecretLength} characters`);
    this.#options = options;
    this.#attempts = new AttemptsInFlight(options.clock);
    this.#limits = new GuessLimits(options.clock);
    this.#file = new StoredState(options.store, 'password', storedSchema);
  }

  get state(): PasswordGateState {
    const fromFile = this.#fileSecret !== null;
    return {
      isSet: fromFile || this.#stored.record !== null,
      fromFile,
      guesses: this.#limits.count,
      isStopped: this.#limits.isStopped,
    };
  }

  /** True when guesses can be answered. */
  get isReady(): boolean {
    return this.#record !== null;
  }

  /** Takes over what an earlier run of the app saved. What cannot be understood is set aside and its path returned. */
  load(): Promise<string | null> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Makes what guesses are checked with. Until then they are refused. */
  start(): void {
    this.#preparing ??= this.#prepare().finally(() => {
      this.#preparing = null;
    });
  }

  /** Ends the guesses in flight. */
  stop(): void {
    this.#cancelTimer();
    this.#attempts.failAll();
  }

  /**
   * Sets or changes the password; the count of guesses begins anew. Throws `malformed` for one that is too short or too
   * long, `not-supported` where the secret comes from a file.
   */
  async set(password: string): Promise<void> {
    const { minLength, maxLength } = PASSWORD_BOUNDS;
    const { length } = password;
    if (length < minLength || length > maxLength)
      throw TarnetError.malformed('password', `${length} characters`, `${minLength} to ${maxLength} characters`);
    this.#assertOwn();
    await this.load();
    const record = await this.#options.opaque.register('password', password);
    this.#attempts.failAll();
    this.#limits.confirm();
    await this.#change({ record });
    this.#options.onReplaced?.();
  }

  /** There is no password any more. Throws `not-supported` where the secret comes from a file. */
  async remove(): Promise<void> {
    this.#assertOwn();
    await this.load();
    this.#attempts.failAll();
    this.#limits.confirm();
    await this.#change({ record: null, decoy: null });
    this.#options.onReplaced?.();
    this.start();
  }

  /** The host's user, at the host, lets guessing begin anew. */
  async confirmGuesses(): Promise<void> {
    await this.load();
    this.#limits.confirm();
    await this.#change({});
  }

  begin(): AccessAttempt {
    const record = this.#record;
    if (!record) {
      this.start();
      throw new HandshakeError('rate-limited', 'the record of the password is being made', { retryAfterS: 1 });
    }
    this.#limits.assertAllowed('password');
    this.#attempts.assertRoom();
    this.#limits.begin('password');
    const counted = this.#change({});
    const attempt = this.#attempts.add({
      record,
      triesLeft: null,
      onSettled: (outcome) => {
        if (outcome === 'right') this.#right(record);
        if (outcome === 'withdrawn') this.#withdrawn();
      },
    });
    return { ...attempt, counted };
  }

  /** What guesses are checked with now. */
  get #record(): OpaqueRecord | null {
    if (this.#fileSecret !== null) return this.#fileRecord;
    return (this.#options.isOn() ? this.#stored.record : null) ?? this.#stored.decoy;
  }

  get #fileSecret(): string | null {
    return this.#options.fileSecret ?? null;
  }

  #right(record: OpaqueRecord): void {
    if (record !== this.#record)
      throw new TarnetError('wrong-password', 'the password has been changed', { field: 'password' });
    this.#limits.right(this.#attempts.count);
    void this.#change({}).catch(() => undefined);
  }

  #withdrawn(): void {
    this.#limits.withdraw();
    void this.#change({}).catch(() => undefined);
  }

  #assertOwn(): void {
    if (this.#fileSecret !== null) throw new TarnetError('not-supported', 'the secret comes from a file');
  }

  /** Changes what is kept, and resolves when it is on disk. */
  async #change(change: Partial<Stored>): Promise<void> {
    this.#stored = { ...this.#stored, ...change, guesses: this.#limits.count };
    this.#options.onChange();
    await this.#file.save(this.#stored).catch((error: unknown) => {
      this.#options.log.error('cannot save the count of guesses', { reason: TarnetError.from(error).reason });
      throw error;
    });
  }

  async #load(): Promise<string | null> {
    const { value, setAside } = await this.#file.load();
    if (value) this.#stored = value;
    this.#limits = new GuessLimits(this.#options.clock, this.#stored.guesses);
    this.#options.onChange();
    return setAside;
  }

  async #prepare(): Promise<void> {
    const { opaque, clock, log } = this.#options;
    const secret = this.#fileSecret;
    try {
      await this.load();
      if (secret !== null) {
        this.#fileRecord ??= await opaque.register('password', secret);
      } else if (!this.#stored.decoy) {
        const nobodyKnows = randomBytes(PASSWORD_GATE_LIMITS.decoyBytes).toString('base64url');
        await this.#change({ decoy: await opaque.register('password', nobodyKnows) });
      }
      this.#options.onChange();
    } catch (error) {
      log.error('cannot make the record of the password', { reason: TarnetError.from(error).reason });
      this.#cancelTimer = clock.after(PASSWORD_GATE_LIMITS.retryMs, () => this.start());
    }
  }
}
