// Owns the labels that keep every use of a key apart, and the joining of byte strings.

const encoder = new TextEncoder();

/** "tarnet2 " and the name, as bytes; each use of a key or a signature has its own. */
export function label(name: string, ...context: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatBytes(encoder.encode(`tarnet2 ${name}`), ...context);
}

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sizeBytes, part) => sizeBytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two byte strings are equal. Takes the same time wherever they differ. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}
