// Owns the table of simulated slow links: how old pictures get, and how much of the link is used.
import { percentile, type SimulatedLink, simulateSession } from '../tests/fakes/simulated-session.ts';

const MBIT = 1_000_000;
const FIXED_BITS_PER_SECOND = 4 * MBIT;

/** How long each part takes, milliseconds of virtual time. */
const PARTS = { settle: 5_000, steady: 30_000, falling: 3_000, fallen: 12_000 } as const;

function row(bitsPerSecond: number, delayMs: number, fixed: boolean, busy: Partial<SimulatedLink> = {}): string[] {
  const link = { bitsPerSecond, delayMs, jitterMs: 5, ...busy };
  const session = simulateSession({ links: [link], ...(fixed && { fixedBitsPerSecond: FIXED_BITS_PER_SECOND }) });
  const [viewer] = session.viewers;
  if (!viewer) return [];
  const p95 = (ages: readonly number[]) => percentile(ages, 0.95).toFixed(0);
  session.run(PARTS.settle);
  session.run(PARTS.steady);
  const used = (viewer.receivedBytes * 8_000) / PARTS.steady / link.bitsPerSecond;
  const steady = [
    percentile(viewer.arrivalAgesMs, 0.5).toFixed(0),
    p95(viewer.arrivalAgesMs),
    p95(viewer.screenAgesMs),
    ((viewer.arrivalAgesMs.length * 1_000) / PARTS.steady).toFixed(0),
    used.toFixed(2),
  ];
  link.bitsPerSecond /= 2;
  session.run(PARTS.falling);
  const falling = p95(viewer.arrivalAgesMs);
  session.run(PARTS.fallen);
  return [...steady, falling, p95(viewer.arrivalAgesMs)];
}

console.log(
  '| link | age when it comes, p50 | p95 | age on the screen, p95 | frames/s | of the link | halved: 0 to 3 s, p95 | after, p95 |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const fixed of [false, true])
  for (const mbit of [10, 2, 0.512])
    for (const delayMs of [20, 150]) {
      const name = `${fixed ? 'no control, ' : ''}${mbit} Mbit/s, ${delayMs} ms`;
      console.log(`| ${name} | ${row(mbit * MBIT, delayMs, fixed).join(' | ')} |`);
    }
const busy = { busyShare: 0.3, busyMs: 150 };
for (const mbit of [1_000, 2, 0.512])
  console.log(`| busy viewer, ${mbit} Mbit/s, 20 ms | ${row(mbit * MBIT, 20, false, busy).join(' | ')} |`);
