// Owns the pointer inside its sealed record: where it is, and its shape when that has changed.
import { TarnetError } from '../../base/errors.ts';
import { type CursorShape, VIDEO_LIMITS } from '../../model/video.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';

/**
 * ```
 * 0  i16 x       pixels of the shared source; outside of it while the pointer is elsewhere
 * 2  i16 y
 * 4  u16 flags   bit 0: visible · bit 1: a shape follows
 * 6  u16 zero
 * 8  with a shape: u16 width, height, hotX, hotY, then RGBA row by row
 * ```
 */
const CURSOR_HEADER_BYTES = 8;
const SHAPE_HEADER_BYTES = 8;
const VISIBLE = 1;
const SHAPE = 2;

export interface CursorMessage {
  xPx: number;
  yPx: number;
  visible: boolean;
  /** Null while it has not changed. */
  shape: CursorShape | null;
}

/** Throws `malformed` naming the field when the shape is over its limits. */
export function encodeCursor(message: CursorMessage): Uint8Array<ArrayBuffer> {
  const { shape } = message;
  if (shape) checkShape(shape);
  const writer = new ByteWriter(CURSOR_HEADER_BYTES + (shape ? SHAPE_HEADER_BYTES + shape.rgba.length : 0))
    .i16(toI16(message.xPx))
    .i16(toI16(message.yPx))
    .u16((message.visible ? VISIBLE : 0) | (shape ? SHAPE : 0))
    .u16(0);
  if (shape) writer.u16(shape.widthPx).u16(shape.heightPx).u16(shape.hotXPx).u16(shape.hotYPx).bytes(shape.rgba);
  return writer.finish();
}

/** Parses a cursor; the shape's pixels are a view of the body. Throws `malformed` naming the field. */
export function decodeCursor(body: Uint8Array): CursorMessage {
  const reader = new ByteReader(body);
  const xPx = reader.i16('cursor.x');
  const yPx = reader.i16('cursor.y');
  const flags = reader.u16('cursor.flags');
  if ((flags & ~(VISIBLE | SHAPE)) !== 0) throw TarnetError.malformed('cursor.flags', `unknown flags ${flags}`);
  if (reader.u16('cursor.reserved') !== 0) throw TarnetError.malformed('cursor.reserved', 'expected zero');
  const shape = (flags & SHAPE) !== 0 ? readShape(reader) : null;
  reader.end();
  return { xPx, yPx, visible: (flags & VISIBLE) !== 0, shape };
}

function readShape(reader: ByteReader): CursorShape {
  const widthPx = reader.u16('cursor.width');
  const heightPx = reader.u16('cursor.height');
  const hotXPx = reader.u16('cursor.hotX');
  const hotYPx = reader.u16('cursor.hotY');
  const shape = { widthPx, heightPx, hotXPx, hotYPx, rgba: reader.rest() };
  checkShape(shape);
  return shape;
}

function checkShape(shape: CursorShape): void {
  const limit = VIDEO_LIMITS.maxCursorSidePx;
  const side = (field: string, value: number) => {
    if (!Number.isInteger(value) || value < 1 || value > limit)
      throw TarnetError.malformed(field, `${value}`, `1 to ${limit}`);
  };
  side('cursor.width', shape.widthPx);
  side('cursor.height', shape.heightPx);
  if (shape.hotXPx >= shape.widthPx || shape.hotYPx >= shape.heightPx)
    throw TarnetError.malformed('cursor.hot', 'outside of the shape');
  if (shape.rgba.length !== shape.widthPx * shape.heightPx * 4)
    throw TarnetError.malformed('cursor.rgba', `${shape.rgba.length} bytes`, 'width x height x 4');
}

function toI16(value: number): number {
  return Math.max(-0x8000, Math.min(0x7fff, Math.round(value)));
}
