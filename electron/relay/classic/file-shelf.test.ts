import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileShelf, isSafeName, pieces } from './file-shelf.ts';

let outside = '';
let folder = '';
beforeAll(() => {
  outside = mkdtempSync(path.join(tmpdir(), 'tarnet-shelf-'));
  folder = path.join(outside, 'shelf');
  mkdirSync(path.join(folder, 'inside'), { recursive: true });
  writeFileSync(path.join(outside, 'secret'), 'secret');
  writeFileSync(path.join(folder, 'file'), 'x'.repeat(1_000));
  symlinkSync('../secret', path.join(folder, 'link'));
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

async function readAll(shelf: FileShelf, name: string): Promise<string> {
  const file = await shelf.open(name);
  try {
    let text = '';
    for await (const piece of pieces(file, 64)) text += piece.toString('latin1');
    return text;
  } finally {
    await file.close();
  }
}

describe('a shelf', () => {
  it('gives plain files of its folder, and nothing else', async () => {
    const shelf = new FileShelf(folder);
    expect(await readAll(shelf, 'file')).toBe('x'.repeat(1_000));
    for (const name of ['link', 'inside', 'missing'])
      await expect(shelf.open(name)).rejects.toMatchObject({ reason: 'not-found', field: 'name' });
    for (const name of ['../secret', '..', '', 'inside/x', '/etc/passwd', 'file\0'])
      await expect(shelf.open(name)).rejects.toMatchObject({ reason: 'malformed', field: 'name' });
  });

  it('opens no name that could lead out of it', () => {
    const parts = fc.constantFrom('..', '.', '/', '\\', 'secret', 'file', 'a', ':', '\0', ' ', '\u202e', 'con', '~');
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 6 }).map((all) => all.join('')),
        (name) => {
          if (!isSafeName(name)) return;
          expect(path.dirname(path.join(folder, name))).toBe(folder);
          expect(path.win32.dirname(path.win32.join('C:\\shelf', name))).toBe('C:\\shelf');
          expect(name).not.toMatch(/^\.|[. ]$/);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('knows the hash of a file, again when it has changed, and stops when nobody wants it', async () => {
    const shelf = new FileShelf(folder);
    const hashOf = async (isWanted: () => boolean) => {
      const file = await shelf.open('changing');
      try {
        return (await shelf.hash(file, isWanted)).toString('hex');
      } finally {
        await file.close();
      }
    };
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const name = path.join(folder, 'changing');
    writeFileSync(name, 'one');
    await expect(hashOf(() => false)).rejects.toMatchObject({ reason: 'cancelled' });
    expect(await hashOf(() => true)).toBe(sha256('one'));
    // what is known is not read again
    expect(await hashOf(() => false)).toBe(sha256('one'));
    writeFileSync(name, 'two');
    utimesSync(name, new Date(), new Date(Date.now() + 5_000));
    expect(await hashOf(() => true)).toBe(sha256('two'));
  });

  it('notices when a file becomes shorter while it is read', async () => {
    const name = path.join(folder, 'short');
    writeFileSync(name, 'x'.repeat(1_000));
    const file = await new FileShelf(folder).open('short');
    truncateSync(name, 10);
    const reading = async () => {
      for await (const piece of pieces(file, 64)) expect(piece.length).toBe(64);
    };
    await expect(reading()).rejects.toMatchObject({ reason: 'not-found' });
    await file.close();
  });
});
