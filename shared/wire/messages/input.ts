// Owns input events on the wire: fixed structs of 16 bytes, several of which may follow each other in one record.
import { TarnetError } from '../../base/errors.ts';
import { INPUT_LIMITS, type InputEvent, isTypableCodePoint, MOUSE_BUTTONS } from '../../model/input-event.ts';
import { KEY_CODES } from '../../model/key-codes.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';

/**
 * ```
 * 0   u8  kind        1 move · 2 button · 3 wheel · 4 key · 5 text · 6 release-all
 * 1   u8  down        0 or 1, of button and key
 * 2   u16 code        button: its number; key: its place in KEY_CODES
 * 4   u16 x           pixels of the shared source
 * 6   u16 y
 * 8   i16 dx          wheel, 120 a notch
 * 10  i16 dy
 * 12  u32 codePoint   text
 * ```
 * Fields that a kind does not use are zero.
 */
export const INPUT_EVENT_BYTES = 16;

export const INPUT_RECORD_LIMITS = {
  /** Events in one record. */
  maxEvents: 64,
} as const;

const Kind = { move: 1, button: 2, wheel: 3, key: 4, text: 5, releaseAll: 6 } as const;

interface Fields {
  kind: number;
  down?: boolean;
  code?: number;
  xPx?: number;
  yPx?: number;
  dx?: number;
  dy?: number;
  codePoint?: number;
}

/** The events as one record's body, in order. Throws `too-large` beyond INPUT_RECORD_LIMITS. */
export function encodeInput(events: readonly InputEvent[]): Uint8Array<ArrayBuffer> {
  const maxBytes = INPUT_RECORD_LIMITS.maxEvents * INPUT_EVENT_BYTES;
  const sizeBytes = events.length * INPUT_EVENT_BYTES;
  if (sizeBytes > maxBytes) throw TarnetError.tooLarge('input', sizeBytes, maxBytes);
  const writer = new ByteWriter(sizeBytes);
  for (const event of events) writeFields(writer, fieldsOf(event));
  return writer.finish();
}

/** Parses one record's body. Throws `malformed` naming the field, or `too-large`. */
export function decodeInput(body: Uint8Array): InputEvent[] {
  const maxBytes = INPUT_RECORD_LIMITS.maxEvents * INPUT_EVENT_BYTES;
  if (body.length > maxBytes) throw TarnetError.tooLarge('input', body.length, maxBytes);
  if (body.length === 0 || body.length % INPUT_EVENT_BYTES !== 0)
    throw TarnetError.malformed('input', `${body.length} bytes are no whole number of events`);
  const reader = new ByteReader(body);
  const events: InputEvent[] = [];
  while (reader.remaining > 0) events.push(readEvent(reader));
  return events;
}

function fieldsOf(event: InputEvent): Fields {
  switch (event.kind) {
    case 'move':
      return { kind: Kind.move, xPx: event.xPx, yPx: event.yPx };
    case 'button':
      return { ...event, kind: Kind.button, code: MOUSE_BUTTONS.indexOf(event.button) };
    case 'wheel':
      return { ...event, kind: Kind.wheel };
    case 'key':
      return { kind: Kind.key, down: event.down, code: KEY_CODES.indexOf(event.code) };
    case 'text':
      return { kind: Kind.text, codePoint: event.codePoint };
    case 'release-all':
      return { kind: Kind.releaseAll };
  }
}

function writeFields(writer: ByteWriter, fields: Fields): void {
  writer
    .u8(fields.kind)
    .u8(fields.down ? 1 : 0)
    .u16(fields.code ?? 0)
    .u16(fields.xPx ?? 0)
    .u16(fields.yPx ?? 0)
    .i16(fields.dx ?? 0)
    .i16(fields.dy ?? 0)
    .u32(fields.codePoint ?? 0);
}

function readEvent(reader: ByteReader): InputEvent {
  const kind = reader.u8('input.kind');
  const down = reader.u8('input.down');
  if (down > 1) throw TarnetError.malformed('input.down', `${down}`, '0 or 1');
  const code = reader.u16('input.code');
  const xPx = reader.u16('input.x');
  const yPx = reader.u16('input.y');
  const dx = reader.i16('input.dx');
  const dy = reader.i16('input.dy');
  const codePoint = reader.u32('input.codePoint');
  /** What the kind does not use is kept free for later versions: anything in it is refused now. */
  const unused = (...values: number[]) => {
    if (values.some((value) => value !== 0)) throw TarnetError.malformed('input', `kind ${kind}: unused field is set`);
  };
  switch (kind) {
    case Kind.move:
      unused(down, code, dx, dy, codePoint);
      return { kind: 'move', xPx, yPx };
    case Kind.button: {
      unused(dx, dy, codePoint);
      const button = MOUSE_BUTTONS[code];
      if (button === undefined) throw TarnetError.malformed('input.code', `no button ${code}`);
      return { kind: 'button', button, down: down === 1, xPx, yPx };
    }
    case Kind.wheel:
      unused(down, code, codePoint);
      if (Math.max(Math.abs(dx), Math.abs(dy)) > INPUT_LIMITS.maxWheelDelta)
        throw TarnetError.malformed('input.wheel', `${dx}, ${dy}`, `${INPUT_LIMITS.maxWheelDelta}`);
      return { kind: 'wheel', dx, dy, xPx, yPx };
    case Kind.key: {
      unused(xPx, yPx, dx, dy, codePoint);
      const key = KEY_CODES[code];
      if (key === undefined) throw TarnetError.malformed('input.code', `no key ${code}`);
      return { kind: 'key', code: key, down: down === 1 };
    }
    case Kind.text:
      unused(down, code, xPx, yPx, dx, dy);
      if (!isTypableCodePoint(codePoint)) throw TarnetError.malformed('input.codePoint', `${codePoint}`);
      return { kind: 'text', codePoint };
    case Kind.releaseAll:
      unused(down, code, xPx, yPx, dx, dy, codePoint);
      return { kind: 'release-all' };
    default:
      throw TarnetError.malformed('input.kind', `unknown kind ${kind}`);
  }
}
