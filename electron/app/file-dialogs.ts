// Owns asking the user for a file on this machine.
import { dialog } from 'electron';

/** Which file to open; null when the user changed their mind. @param extension without the dot */
export async function askWhichFile(extension: string): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
    properties: ['openFile'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Where to save; null when the user changed their mind. @param extension without the dot */
export async function askWhereToSave(proposedName: string, extension: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    defaultPath: proposedName,
    filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  return canceled || filePath === '' ? null : filePath;
}
