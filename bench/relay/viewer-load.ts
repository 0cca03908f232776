// Entry: many viewers in one process. Its parent says how many, reads what they saw, and ends it.

import { percentile } from '../statistics.ts';
import { BenchViewer, type Pace } from './bench-viewer.ts';
import type { SubjectKind } from './protocol.ts';

/** Parent to child. */
export type LoadOrder =
  | {
      kind: 'join';
      subject: SubjectKind;
      port: number;
      hostId: string;
      groups: { name: string; count: number; pace: Pace }[];
    }
  /** Forget what was seen until now. */
  | { kind: 'begin' }
  | { kind: 'report' };

export interface GroupReport {
  name: string;
  pictures: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

const JOINS_AT_ONCE = 50;
const groups = new Map<string, BenchViewer[]>();

async function join(order: Extract<LoadOrder, { kind: 'join' }>): Promise<void> {
  for (const { name, count, pace } of order.groups) {
    const viewers: BenchViewer[] = [];
    while (viewers.length < count) {
      const batch = Math.min(JOINS_AT_ONCE, count - viewers.length);
      const joined = Array.from({ length: batch }, () =>
        BenchViewer.join(order.subject, order.port, order.hostId, pace),
      );
      viewers.push(...(await Promise.all(joined)));
    }
    groups.set(name, viewers);
  }
}

function report(): GroupReport[] {
  return [...groups].map(([name, viewers]) => {
    const ages = viewers.flatMap((viewer) => viewer.take());
    return {
      name,
      pictures: ages.length,
      p50Ms: percentile(ages, 50),
      p99Ms: percentile(ages, 99),
      maxMs: percentile(ages, 100),
    };
  });
}

process.on('message', (order: LoadOrder) => {
  switch (order.kind) {
    case 'join':
      join(order).then(
        () => process.send?.('joined'),
        (error: unknown) => process.send?.(`failed: ${String(error)}`),
      );
      return;
    case 'begin':
      for (const viewers of groups.values()) for (const viewer of viewers) viewer.take();
      process.send?.('begun');
      return;
    case 'report':
      process.send?.(report());
  }
});
