// Owns what is said on the stats channel while a viewer measures: that it does, and when the host carried its input out.
import { TarnetError } from '../../base/errors.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';

/**
 * ```
 * 0   u8  kind      3 measuring · 4 injected
 * 1   7 x u8        zero; of measuring the first says whether it is on
 * measuring ends here
 * 8   u32 input     number of the record on the input channel
 * 12  u32           zero
 * 16  u64 time      µs, host's clock, when carrying it out began
 * ```
 */
export const MEASURING_BYTES = 8;
export const INJECTED_BYTES = 24;

/** viewer → host: picture updates shall say how long they took, and input shall be answered; or no longer. */
export interface Measuring {
  kind: 'measuring';
  on: boolean;
}

/** host → viewer: the host's injector has carried out what a record on the input channel asked for. */
export interface InputInjected {
  kind: 'injected';
  inputId: number;
  injectedAtUs: number;
}

const MEASURING = 3;
const INJECTED = 4;

/** Whether a message on the stats channel is one of these, and not a question or an answer about the time. */
export function isAboutMeasuring(body: Uint8Array): boolean {
  return body[0] === MEASURING || body[0] === INJECTED;
}

export function encodeMeasuring({ on }: Measuring): Uint8Array<ArrayBuffer> {
  return new ByteWriter(MEASURING_BYTES)
    .u8(MEASURING)
    .u8(on ? 1 : 0)
    .u16(0)
    .u32(0)
    .finish();
}

/** Throws `malformed` naming the field. */
export function decodeMeasuring(body: Uint8Array): Measuring {
  const reader = new ByteReader(body);
  expect('measuring.kind', reader.u8('measuring.kind'), MEASURING);
  const on = reader.u8('measuring.on');
  if (on > 1) throw TarnetError.malformed('measuring.on', `${on}`, '0 or 1');
  expect('measuring.reserved', reader.u16('measuring.reserved'), 0);
  expect('measuring.reserved', reader.u32('measuring.reserved'), 0);
  reader.end();
  return { kind: 'measuring', on: on === 1 };
}

export function encodeInputInjected({ inputId, injectedAtUs }: InputInjected): Uint8Array<ArrayBuffer> {
  return new ByteWriter(INJECTED_BYTES)
    .u32(INJECTED)
    .u32(0)
    .u32(inputId)
    .u32(0)
    .u64(Math.max(0, Math.round(injectedAtUs)))
    .finish();
}

/** Throws `malformed` naming the field. */
export function decodeInputInjected(body: Uint8Array): InputInjected {
  const reader = new ByteReader(body);
  expect('injected.kind', reader.u32('injected.kind'), INJECTED);
  expect('injected.reserved', reader.u32('injected.reserved'), 0);
  const inputId = reader.u32('injected.input');
  expect('injected.reserved', reader.u32('injected.reserved'), 0);
  const injectedAtUs = reader.u64('injected.time');
  reader.end();
  return { kind: 'injected', inputId, injectedAtUs };
}

function expect(field: string, value: number, wanted: number): void {
  if (value !== wanted) throw TarnetError.malformed(field, `${value}`, `${wanted}`);
}
