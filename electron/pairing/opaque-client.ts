// Owns the calls to the OPAQUE process: starts it when it is needed, and fails its calls when it dies.
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import {
  OPAQUE_LIMITS,
  OPAQUE_RESULTS,
  type OpaqueCall,
  type OpaqueRequest,
  type OpaqueResult,
  opaqueCallSchema,
  opaqueResponseSchema,
} from './opaque-messages.ts';
import {
  OPAQUE_BYTES,
  type OpaqueClientState,
  type OpaquePort,
  type OpaqueRecord,
  type OpaqueSecretKind,
  type OpaqueServerState,
} from './opaque-port.ts';

/** One run of the process. */
export interface OpaqueWorker {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: () => void): void;
  kill(): void;
}

export interface OpaqueClientOptions {
  /** Starts the process. */
  start: () => OpaqueWorker;
  clock: Clock;
}

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: TarnetError): void;
  cancelTimeout(): void;
}

/** OPAQUE in a process of its own. `close` ends it; a later call starts it again. */
export class OpaqueClient implements OpaquePort {
  readonly #options: OpaqueClientOptions;
  readonly #pending = new Map<number, PendingCall>();
  #worker: OpaqueWorker | null = null;
  #nextId = 0;

  constructor(options: OpaqueClientOptions) {
    this.#options = options;
  }

  async register(kind: OpaqueSecretKind, secret: string): Promise<OpaqueRecord> {
    return this.#call('register', { op: 'register', kind, secret });
  }

  async serverStart(record: OpaqueRecord, ke1: Uint8Array): Promise<{ ke2: Uint8Array; state: OpaqueServerState }> {
    const { ke2, state } = await this.#call('serverStart', { op: 'serverStart', record, ke1: toText(ke1) });
    return { ke2: toBytes(ke2, OPAQUE_BYTES.ke2), state };
  }

  async serverFinish(state: OpaqueServerState, ke3: Uint8Array): Promise<Uint8Array> {
    const { sessionKey } = await this.#call('serverFinish', { op: 'serverFinish', state, ke3: toText(ke3) });
    return toBytes(sessionKey, OPAQUE_BYTES.sessionKey);
  }

  async clientStart(kind: OpaqueSecretKind, secret: string): Promise<{ ke1: Uint8Array; state: OpaqueClientState }> {
    const { ke1, state } = await this.#call('clientStart', { op: 'clientStart', kind, secret });
    return { ke1: toBytes(ke1, OPAQUE_BYTES.ke1), state };
  }

  async clientFinish(
    state: OpaqueClientState,
    ke2: Uint8Array,
  ): Promise<{ ke3: Uint8Array; sessionKey: Uint8Array } | null> {
    const finished = await this.#call('clientFinish', { op: 'clientFinish', state, ke2: toText(ke2) });
    if (!finished) return null;
    return {
      ke3: toBytes(finished.ke3, OPAQUE_BYTES.ke3),
      sessionKey: toBytes(finished.sessionKey, OPAQUE_BYTES.sessionKey),
    };
  }

  /** Ends the process; calls under way reject with `cancelled`. */
  close(): void {
    const worker = this.#worker;
    this.#worker = null;
    worker?.kill();
    this.#failAll(new TarnetError('cancelled', 'the OPAQUE process was ended'));
  }

  async #call<Op extends OpaqueCall['op']>(op: Op, call: OpaqueCall & { op: Op }): Promise<OpaqueResult<Op>> {
    const parsed = v.safeParse(opaqueCallSchema, call);
    if (!parsed.success) throw TarnetError.malformed(v.getDotPath(parsed.issues[0]) ?? op, parsed.issues[0].message);
    if (this.#pending.size >= OPAQUE_LIMITS.pendingCalls)
      throw new TarnetError('limit-reached', 'too many OPAQUE calls', { limit: `${OPAQUE_LIMITS.pendingCalls} calls` });
    const value = v.safeParse(OPAQUE_RESULTS[op], await this.#send(parsed.output));
    if (!value.success) throw new TarnetError('internal', `${op}: the OPAQUE process answered in another shape`);
    return value.output;
  }

  #send(call: OpaqueCall): Promise<unknown> {
    const worker = this.#running();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#options.clock.after(OPAQUE_LIMITS.callTimeoutMs, () =>
        this.#died(worker, 'timed out'),
      );
      this.#pending.set(id, { resolve, reject, cancelTimeout });
      worker.post({ id, call } satisfies OpaqueRequest);
    });
  }

  #running(): OpaqueWorker {
    if (this.#worker) return this.#worker;
    const worker = this.#options.start();
    this.#worker = worker;
    worker.onMessage((message) => this.#receive(worker, message));
    worker.onExit(() => this.#died(worker, 'ended'));
    return worker;
  }

  #receive(worker: OpaqueWorker, message: unknown): void {
    if (worker !== this.#worker) return;
    const response = v.safeParse(opaqueResponseSchema, message);
    if (!response.success) {
      this.#died(worker, 'sent something else than a response');
      return;
    }
    const pending = this.#pending.get(response.output.id);
    if (!pending) return;
    this.#pending.delete(response.output.id);
    pending.cancelTimeout();
    if (response.output.ok) pending.resolve(response.output.value);
    else pending.reject(new TarnetError(response.output.reason, response.output.message));
  }

  #died(worker: OpaqueWorker, how: string): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    worker.kill();
    this.#failAll(new TarnetError('internal', `the OPAQUE process ${how}`));
  }

  #failAll(error: TarnetError): void {
    const calls = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of calls) {
      call.cancelTimeout();
      call.reject(error);
    }
  }
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

function toBytes(text: string, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  if (bytes.length !== sizeBytes)
    throw new TarnetError('internal', `the OPAQUE process gave ${bytes.length} bytes instead of ${sizeBytes}`);
  return bytes;
}
