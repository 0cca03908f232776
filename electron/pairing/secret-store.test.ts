import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileSecretStore, type KeyStore, SECRET_STORE_LIMITS } from './secret-store.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected });
const SECRET = Uint8Array.of(0, 1, 2, 255);

let directory: string;
beforeEach(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), 'tarnet-secrets-')), 'inner');
});
afterEach(() => rm(path.dirname(directory), { recursive: true }));

/** Stands for the system's key store: turns every byte over. */
function keyStore(available = true): KeyStore & { available: boolean } {
  const turn = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0xff);
  return {
    available,
    isEncryptionAvailable() {
      return this.available;
    },
    encryptString: (text) => Buffer.from(turn(Buffer.from(`key:${text}`))),
    decryptString: (encrypted) => {
      const text = Buffer.from(turn(encrypted)).toString();
      if (!text.startsWith('key:')) throw new Error('cannot decrypt');
      return text.slice(4);
    },
  };
}

const storeWith = (keys: KeyStore | null) => new FileSecretStore({ directory, keyStore: keys, nowMs: () => 0 });

describe.each([
  ['under a key store', true],
  ['without a key store', false],
])('FileSecretStore %s', (_, isProtected) => {
  const store = () => storeWith(isProtected ? keyStore() : null);

  test('gives back what was saved, to a later run too', async () => {
    expect(store().isProtected).toBe(isProtected);
    expect(await store().load('identity')).toBeNull();
    await store().save('identity', SECRET);
    expect(await store().load('identity')).toEqual(SECRET);
    await store().save('identity', new Uint8Array());
    expect(await store().load('identity')).toEqual(new Uint8Array());
  });

  test('lets nobody else read it', async () => {
    await store().save('identity', SECRET);
    expect((await stat(path.join(directory, 'identity.secret'))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(await readdir(directory)).toEqual(['identity.secret']);
    const file = await readFile(path.join(directory, 'identity.secret'));
    expect(file.includes(Buffer.from(SECRET))).toBe(!isProtected);
  });

  test('names a file that it cannot understand, and sets it aside', async () => {
    await store().save('identity', SECRET);
    await writeFile(path.join(directory, 'identity.secret'), Uint8Array.of(7, 1));
    await expect(store().load('identity')).rejects.toThrow(reason('malformed'));
    const aside = await store().setAside('identity');
    expect(path.basename(aside)).toBe('identity.corrupt-1970-01-01T00-00-00-000Z.secret');
    expect(await readFile(aside)).toEqual(Buffer.of(7, 1));
    expect(await store().load('identity')).toBeNull();
  });

  test('has a bound on its files', async () => {
    const large = new Uint8Array(SECRET_STORE_LIMITS.fileBytes);
    await expect(store().save('identity', large)).rejects.toThrow(reason('too-large'));
    await store().save('identity', SECRET);
    await writeFile(path.join(directory, 'identity.secret'), new Uint8Array(SECRET_STORE_LIMITS.fileBytes + 1));
    await expect(store().load('identity')).rejects.toThrow(reason('malformed'));
  });

  test('takes no name that could leave its folder', async () => {
    for (const name of ['../identity', '', 'a/b', 'A', 'a.b'])
      await expect(store().save(name, SECRET)).rejects.toThrow(reason('internal'));
  });
});

test('a protected secret is not taken for corrupt while the key store is away', async () => {
  const keys = keyStore();
  const store = storeWith(keys);
  await store.save('identity', SECRET);
  keys.available = false;
  await expect(store.load('identity')).rejects.toThrow(reason('not-supported'));
  await expect(storeWith(null).load('identity')).rejects.toThrow(reason('not-supported'));
  keys.available = true;
  expect(await store.load('identity')).toEqual(SECRET);
});

test('a secret of another key store is malformed', async () => {
  await storeWith(keyStore()).save('identity', SECRET);
  const file = path.join(directory, 'identity.secret');
  await chmod(file, 0o600);
  await writeFile(file, Uint8Array.of(1, 9, 9, 9));
  await expect(storeWith(keyStore()).load('identity')).rejects.toThrow(reason('malformed'));
});

test('a plain file is read, and protected from the next save on', async () => {
  await storeWith(null).save('identity', SECRET);
  const store = storeWith(keyStore());
  expect(await store.load('identity')).toEqual(SECRET);
  await store.save('identity', SECRET);
  await expect(storeWith(null).load('identity')).rejects.toThrow(reason('not-supported'));
});
