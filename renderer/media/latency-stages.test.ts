import { expect, test } from 'vitest';
import { LATENCY_STAGES } from '../../shared/ipc/statistics.ts';
import { LatencyStages, STAGE_LIMITS } from './latency-stages.ts';

/** The host's clock is an hour ahead. */
const OFFSET_MS = 3_600_000;
const STAGES = { captureMs: 1, compareMs: 2, encodeMs: 4, queueMs: 8 };

const update = (captureTimeMs: number, atMs = captureTimeMs) => ({
  captureTimeMs: captureTimeMs + OFFSET_MS,
  stages: STAGES,
  receivedAtMs: atMs + 31,
  decodedAtMs: atMs + 63,
});

test('the stages of a picture together are its age', () => {
  const meter = new LatencyStages();
  meter.painted(update(10_000), OFFSET_MS, 10_127);
  const { stages } = meter.statistics(10_127);
  expect(LATENCY_STAGES.map((stage) => stages[stage].p50Ms)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  expect(stages.paint).toEqual({ p50Ms: 64, p95Ms: 64, samples: 1 });
});

test('only decoding and painting are known without the host, or while the clocks do not know each other', () => {
  const meter = new LatencyStages();
  meter.painted({ ...update(10_000), stages: null }, OFFSET_MS, 10_100);
  meter.painted(update(10_000), null, 10_100);
  const { stages, inputToPhoton } = meter.statistics(10_100);
  for (const stage of LATENCY_STAGES.slice(0, 5)) expect(stages[stage]).toMatchObject({ p50Ms: null, samples: 0 });
  expect(stages.decode).toEqual({ p50Ms: 32, p95Ms: 32, samples: 2 });
  expect(inputToPhoton.samples).toBe(0);
});

test('input counts until the first picture that was captured after it had been injected', () => {
  const meter = new LatencyStages();
  meter.inputInjected(1_000, 1_020 + OFFSET_MS, 1_040);
  meter.painted(update(1_019), OFFSET_MS, 1_045);
  expect(meter.statistics(1_045).inputToPhoton.samples).toBe(0);
  meter.painted(update(1_020), OFFSET_MS, 1_050);
  meter.painted(update(1_036), OFFSET_MS, 1_070);
  expect(meter.statistics(1_070).inputToPhoton).toEqual({ p50Ms: 50, p95Ms: 50, samples: 1 });
});

test("the host's word about an input may come after the picture that shows it", () => {
  const meter = new LatencyStages();
  for (const at of [1_010, 1_026, 1_042]) meter.painted(update(at), OFFSET_MS, at + 20);
  meter.inputInjected(1_000, 1_020 + OFFSET_MS, 1_065);
  expect(meter.statistics(1_065).inputToPhoton).toEqual({ p50Ms: 46, p95Ms: 46, samples: 1 });
});

test('input that changes nothing is not measured by what changes much later', () => {
  const meter = new LatencyStages();
  meter.inputInjected(1_000, 1_020 + OFFSET_MS, 1_040);
  const laterMs = 1_000 + STAGE_LIMITS.maxInputToPhotonMs + 1;
  meter.painted(update(laterMs - 10), OFFSET_MS, laterMs);
  expect(meter.statistics(laterMs).inputToPhoton.samples).toBe(0);
});

test('only so many inputs wait', () => {
  const meter = new LatencyStages();
  for (let index = 0; index <= STAGE_LIMITS.maxInputs; index++) meter.inputInjected(index, OFFSET_MS, 100);
  meter.painted(update(200), OFFSET_MS, 210);
  expect(meter.statistics(210).inputToPhoton).toMatchObject({ samples: STAGE_LIMITS.maxInputs, p95Ms: 208 });
});
