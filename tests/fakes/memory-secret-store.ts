// Owns a secret store that forgets everything with the test.
import type { SecretStore } from '../../electron/pairing/secret-store.ts';

export class MemorySecretStore implements SecretStore {
  readonly isProtected = true;
  readonly saved = new Map<string, Uint8Array>();

  async load(name: string): Promise<Uint8Array | null> {
    return this.saved.get(name)?.slice() ?? null;
  }

  async save(name: string, bytes: Uint8Array): Promise<void> {
    this.saved.set(name, bytes.slice());
  }

  async setAside(name: string): Promise<string> {
    const bytes = this.saved.get(name);
    this.saved.delete(name);
    if (bytes) this.saved.set(`${name}.corrupt`, bytes);
    return `${name}.corrupt`;
  }
}
