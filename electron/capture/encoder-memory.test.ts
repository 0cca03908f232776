import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import type { EncoderTiming } from '../../shared/ipc/capture.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import {
  ENCODER_MEMORY_LIMITS,
  EncoderMemory,
  type EncoderMemoryValue,
  encoderMemorySchema,
} from './encoder-memory.ts';

const TIMING: EncoderTiming = {
  codec: 'h264',
  hardware: false,
  sizeClass: 42,
  keyMs: 50,
  deltaMs: 10,
  keyBytes: 300_000,
  failed: false,
};
let written = '';
beforeEach(() => {
  written = '';
});

/** A file, but for the disk. */
async function open(version = '1.0', clock = new FakeClock()): Promise<EncoderMemory> {
  const storage = {
    read: async () => {
      const parsed = v.safeParse(encoderMemorySchema, written === '' ? null : JSON.parse(written));
      return { value: parsed.success ? parsed.output : null };
    },
    write: async (value: EncoderMemoryValue) => {
      written = JSON.stringify(value);
    },
  };
  const memory = new EncoderMemory({ storage, version, clock, log: silentLog });
  await memory.load();
  return memory;
}

describe('the memory of encoders', () => {
  it('outlasts the app', async () => {
    const memory = await open();
    expect(memory.known).toEqual([]);
    memory.note(TIMING);
    memory.note({ ...TIMING, codec: 'av1', failed: true });
    await memory.flush();
    expect((await open()).known).toEqual([TIMING, { ...TIMING, codec: 'av1', failed: true }]);
  });

  it('is written by itself', async () => {
    const clock = new FakeClock();
    const memory = await open('1.0', clock);
    memory.note(TIMING);
    clock.advance(ENCODER_MEMORY_LIMITS.writeDelayMs);
    await expect.poll(() => written).toContain('h264');
  });

  it('holds for one version of app and engine, and for a month', async () => {
    const clock = new FakeClock();
    const memory = await open('1.0', clock);
    memory.note(TIMING);
    await memory.flush();
    expect((await open('1.1', clock)).known).toEqual([]);
    expect((await open('1.0', clock)).known).toHaveLength(1);
    clock.advance(ENCODER_MEMORY_LIMITS.maxAgeMs);
    expect((await open('1.0', clock)).known).toEqual([]);
  });

  it('moves slowly with what is measured, and at once with what fails or works again', async () => {
    const memory = await open();
    memory.note(TIMING);
    memory.note({ ...TIMING, deltaMs: 20 });
    expect(memory.known).toEqual([{ ...TIMING, deltaMs: 14 }]);
    memory.note({ ...TIMING, failed: true });
    expect(memory.known[0]?.failed).toBe(true);
    memory.note(TIMING);
    expect(memory.known).toEqual([TIMING]);
  });

  it('is bounded', async () => {
    const memory = await open();
    for (let sizeClass = 0; sizeClass < 64; sizeClass++) {
      memory.note({ ...TIMING, sizeClass });
      memory.note({ ...TIMING, codec: 'vp8', sizeClass });
    }
    expect(memory.known).toHaveLength(ENCODER_MEMORY_LIMITS.maxEntries);
  });

  it('begins afresh with a file that is not understood', async () => {
    written = '{"version": 3}';
    expect((await open()).known).toEqual([]);
  });
});
