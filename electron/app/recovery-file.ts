// Owns writing recovery codes to a file that its user chooses.
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { TarnetError } from '../../shared/base/errors.ts';

/** One code a line, for this user's eyes only. Throws `not-written`. @param askWhere null when they changed their mind */
export async function saveRecoveryCodes(
  codes: readonly string[],
  askWhere: (proposedName: string, extension: string) => Promise<string | null>,
): Promise<{ file: string | null }> {
  const file = await askWhere('tarnet-recovery-codes.txt', 'txt');
  if (file === null) return { file };
  try {
    await writeFileAtomic(file, `${codes.join('\n')}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new TarnetError('not-written', `${path.basename(file)} cannot be written`, { field: 'file', cause });
  }
  return { file };
}
