import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openFile, SEALED_FILE_LIMITS, sealFile } from './sealed-file.ts';

const CHEAP = { logCost: SEALED_FILE_LIMITS.minLogCost, parallelism: 1 };
const PASSWORD = 'correct horse battery';
const CONTENT = new TextEncoder().encode('{"identity":"keys"}');

describe('a sealed file', () => {
  test('opens with its password, in whatever way its letters are composed', async () => {
    const file = await sealFile(CONTENT, 'caf\u00e9 au lait', CHEAP);
    await expect(openFile(file, 'cafe\u0301 au lait')).resolves.toEqual(CONTENT);
  });

  test('costs what is promised unless a test asks for less', async () => {
    const file = await sealFile(CONTENT, PASSWORD);
    expect([...file.subarray(8, 13)]).toEqual([1, 1, 17, 8, 1]);
    await expect(openFile(file, PASSWORD)).resolves.toEqual(CONTENT);
  });

  test('is another one each time, and shows nothing of what is in it', async () => {
    const [one, other] = await Promise.all([sealFile(CONTENT, PASSWORD, CHEAP), sealFile(CONTENT, PASSWORD, CHEAP)]);
    expect(Buffer.from(one).equals(other)).toBe(false);
    expect(Buffer.from(one).includes('identity')).toBe(false);
    expect(Buffer.from(one).includes(PASSWORD)).toBe(false);
  });

  test('does not open with another password', async () => {
    const file = await sealFile(CONTENT, PASSWORD, CHEAP);
    await expect(openFile(file, `${PASSWORD} `)).rejects.toMatchObject({ reason: 'wrong-file-password' });
  });

  test('does not open after any change, and asks for no more memory than its bounds', async () => {
    const file = await sealFile(CONTENT, PASSWORD, CHEAP);
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        fc.pre(at !== 10 && at !== 12);
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        await expect(openFile(changed, PASSWORD)).rejects.toMatchObject({
          reason: at < 13 ? 'not-a-backup' : 'wrong-file-password',
        });
      }),
      { numRuns: 25 },
    );
    for (const [at, value] of [
      [10, 13],
      [10, 19],
      [10, 255],
      [12, 0],
      [12, 5],
      [12, 255],
    ] as const) {
      const costly = file.slice();
      costly[at] = value;
      await expect(openFile(costly, PASSWORD)).rejects.toMatchObject({ reason: 'not-a-backup', field: 'cost' });
    }
  });

  test.each([0, 1, 40, 56, SEALED_FILE_LIMITS.maxFileBytes + 1])('is none with %d bytes', async (sizeBytes) => {
    await expect(openFile(new Uint8Array(sizeBytes), PASSWORD)).rejects.toMatchObject({ reason: 'not-a-backup' });
  });

  test('cannot be larger than what is read again', async () => {
    const tooMuch = new Uint8Array(SEALED_FILE_LIMITS.maxFileBytes);
    await expect(sealFile(tooMuch, PASSWORD, CHEAP)).rejects.toMatchObject({ reason: 'too-large' });
  });
});
