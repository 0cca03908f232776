import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSecretFile } from './secret-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tarnet-secret-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(contents: string | Buffer, mode = 0o600): Promise<string> {
  const name = path.join(folder, String(Math.random()));
  await writeFile(name, contents);
  await chmod(name, mode);
  return name;
}

test('a secret is the file without the line break at its end', async () => {
  expect(await readSecretFile(await file('correct horse\n'))).toEqual({
    secret: 'correct horse',
    readableByOthers: false,
  });
  expect((await readSecretFile(await file(' with spaces \r\n'))).secret).toBe(' with spaces ');
  expect((await readSecretFile(await file('x'.repeat(1024)))).secret).toHaveLength(1024);
});

test.skipIf(process.platform === 'win32')('who else can read it is told', async () => {
  expect((await readSecretFile(await file('correct horse', 0o640))).readableByOthers).toBe(true);
  expect((await readSecretFile(await file('correct horse', 0o604))).readableByOthers).toBe(true);
});

test.each([
  ['too short', 'seven77\n'],
  ['empty', ''],
  ['too long', 'x'.repeat(1025)],
  ['far too long', 'x'.repeat(100_000)],
  ['two lines', 'first line\nsecond line\n'],
  ['a zero byte', 'abcdefgh\0ijk'],
  ['no UTF-8', Buffer.from([0xff, 0xfe, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47])],
])('%s is refused without quoting it', async (_name, contents) => {
  const error = await readSecretFile(await file(contents)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ reason: 'malformed', field: '--secret-file' });
  if (contents.length > 0) expect(String(error)).not.toContain(String(contents).slice(0, 7));
});

test('no file, and no file at all', async () => {
  await expect(readSecretFile(path.join(folder, 'none'))).rejects.toMatchObject({ field: '--secret-file' });
  await expect(readSecretFile(folder)).rejects.toMatchObject({ field: '--secret-file' });
});
