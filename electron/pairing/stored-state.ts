// Owns a small state that lies in the secret store: parsed when it is loaded, whole when it is saved.
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import type { SecretStore } from './secret-store.ts';

/** One name in the store. Saves that come while one is under way become one more, of the last value. */
export class StoredState<Value> {
  readonly #store: SecretStore;
  readonly #name: string;
  readonly #schema: v.GenericSchema<unknown, Value>;
  #next: { value: Value } | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(store: SecretStore, name: string, schema: v.GenericSchema<unknown, Value>) {
    this.#store = store;
    this.#name = name;
    this.#schema = schema;
  }

  /** Null when there is none; what cannot be understood is set aside, and its path returned. */
  async load(): Promise<{ value: Value | null; setAside: string | null }> {
    try {
      const bytes = await this.#store.load(this.#name);
      return { value: bytes && this.#parse(bytes), setAside: null };
    } catch (error) {
      if (TarnetError.from(error).reason !== 'malformed') throw error;
      return { value: null, setAside: await this.#store.setAside(this.#name) };
    }
  }

  /** Resolves when this value, or a later one, is on disk. */
  async save(value: Value): Promise<void> {
    this.#next = { value };
    const turn = this.#turn.then(() => this.#saveNext());
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  /** Nothing to do where an earlier turn has taken this value along. */
  async #saveNext(): Promise<void> {
    const next = this.#next;
    if (!next) return;
    this.#next = null;
    try {
      await this.#store.save(this.#name, new TextEncoder().encode(JSON.stringify(next.value)));
    } catch (error) {
      this.#next ??= next;
      throw error;
    }
  }

  #parse(bytes: Uint8Array): Value {
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (cause) {
      throw new TarnetError('malformed', `${this.#name} is no JSON`, { field: this.#name, cause });
    }
    const parsed = v.safeParse(this.#schema, json);
    if (!parsed.success) throw TarnetError.malformed(this.#name, parsed.issues[0].message);
    return parsed.output;
  }
}
