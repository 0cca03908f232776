import * as v from 'valibot';
import { expect, test } from 'vitest';
import { sessionStatisticsSchema } from '../../shared/ipc/statistics.ts';
import { PaintMeter } from './paint-meter.ts';
import { sessionStatistics } from './session-statistics.ts';

const LINK = {
  roundTripMs: 1.26,
  clockOffsetMs: 0,
  receivedBitsPerSecond: 1234.5,
  receivedBytes: 10,
  sentBytes: 5,
  lostFrames: 0,
  silentMs: 0,
};

test('what is exported is what its description says, before the first picture and after many', () => {
  const time = { ms: 1_000_000 };
  const meter = new PaintMeter(() => time.ms);
  const before = sessionStatistics(meter.statistics(), null, time.ms);
  expect(v.parse(sessionStatisticsSchema, before)).toEqual(before);
  meter.clockOffsetMs = 0;
  for (let seq = 0; seq < 7_000; seq++) {
    meter.received(100.5);
    meter.painted({
      seq,
      codec: 'tiles',
      widthPx: 10,
      heightPx: 20,
      captureTimeMs: time.ms - 5.25,
      stages: { captureMs: 1, compareMs: 1, encodeMs: 1, queueMs: 1 },
      receivedAtMs: time.ms - 1,
      decodedAtMs: time.ms,
      decodeMs: 1,
      paintMs: 1,
      exact: true,
    });
    time.ms += 10.5;
  }
  const after = sessionStatistics(meter.statistics(), LINK, time.ms);
  expect(v.parse(sessionStatisticsSchema, after)).toEqual(after);
  expect(after.age).toMatchObject({ p50Ms: 5.3 });
  expect(after.stages.network.p50Ms).toBe(0.3);
  expect(after.link).toMatchObject({ roundTripMs: 1.3, receivedBitsPerSecond: 1235 });
  // it has to fit into what a page may copy
  expect(JSON.stringify(after, null, 2).length).toBeLessThan(12_000);
});
