// Owns how people read a point in time: in log lines, in the chat and in the answers of the command service.

/** Local time as `2023-09-18 12:00:02`. */
export function timeStamp(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
