// Shows how far a download is, on a terminal as a bar, elsewhere as a line for each quarter.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const WIDTH = 30;
const EVERY_MS = 200;

/** The bar as text: `[######........]  45%  92 of 205 MB`. */
export function barText(bytes, totalBytes) {
  const part = Math.min(1, bytes / totalBytes);
  const filled = Math.round(part * WIDTH);
  const megabytes = (count) => Math.round(count / 1e6);
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${String(Math.round(part * 100)).padStart(3)}%  ${megabytes(Math.min(bytes, totalBytes))} of ${megabytes(totalBytes)} MB`;
}

/** Shows the progress on standard error until the returned function is called. */
export function showProgress(bytesNow, totalBytes, stream = process.stderr) {
  let shownQuarter = 0;
  const draw = () => {
    const bytes = bytesNow();
    const quarter = Math.floor(Math.min(1, bytes / totalBytes) * 4);
    if (stream.isTTY) stream.write(`\r${barText(bytes, totalBytes)}`);
    else if (quarter > shownQuarter) {
      shownQuarter = quarter;
      stream.write(`${barText(bytes, totalBytes)}\n`);
    }
  };
  const timer = setInterval(draw, EVERY_MS);
  return () => {
    clearInterval(timer);
    if (stream.isTTY) stream.write('\r\u001b[K');
  };
}

/** Bytes of all files in a folder; what vanishes while it is counted counts nothing. */
export function folderBytes(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + sizeOf(path.join(entry.parentPath ?? entry.path, entry.name)), 0);
  } catch {
    return 0;
  }
}

function sizeOf(file) {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
