import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaintOrder } from './paint-order.ts';

class Picture {
  closed = 0;
  close(): void {
    this.closed += 1;
  }
}

function setUp() {
  const order = new PaintOrder<string, Picture>();
  const take = () => {
    const painted: string[] = [];
    for (let next = order.next(); next; next = order.next()) {
      painted.push(next.update.meta);
      next.picture.close();
    }
    return painted;
  };
  return { order, take };
}

describe('PaintOrder', () => {
  it('paints in the order of arrival, whatever is decoded first', () => {
    const { order, take } = setUp();
    const video = order.add('video', 'whole', false);
    const tiles = order.add('tiles', null, false);
    order.ready(tiles, new Picture());
    expect(take()).toEqual([]);
    order.ready(video, new Picture());
    expect(take()).toEqual(['video', 'tiles']);
  });

  it('paints only the newest of several decoded frames of one region, and closes the others', () => {
    const { order } = setUp();
    const pictures = [1, 2, 3].map((n) => {
      const picture = new Picture();
      order.ready(order.add(`frame ${n}`, 'region', false), picture);
      return picture;
    });
    const next = order.next();
    expect(next?.update.meta).toBe('frame 3');
    expect(next?.skipped).toBe(2);
    expect(pictures.map(({ closed }) => closed)).toEqual([1, 1, 0]);
  });

  it('keeps frames apart that tiles or other regions lie between', () => {
    const { order, take } = setUp();
    for (const [name, region] of [
      ['a1', 'a'],
      ['tiles', null],
      ['a2', 'a'],
      ['b1', 'b'],
      ['a3', 'a'],
    ] as const)
      order.ready(order.add(name, region, false), new Picture());
    expect(take()).toEqual(['a1', 'tiles', 'a2', 'b1', 'a3']);
  });

  it('lets a whole picture overtake everything before it, and closes what comes out of the decoder later', () => {
    const { order, take } = setUp();
    const late = order.add('late', 'region', false);
    order.ready(order.add('tiles', null, false), new Picture());
    order.ready(order.add('whole', 'whole', true), new Picture());
    order.add('after', 'region', false);
    expect(take()).toEqual(['whole']);
    const picture = new Picture();
    order.ready(late, picture);
    expect(picture.closed).toBe(1);
    expect(order.length).toBe(1);
  });

  it('does not wait for what will never come', () => {
    const { order, take } = setUp();
    const lost = order.add('lost', 'region', false);
    order.ready(order.add('tiles', null, false), new Picture());
    expect(take()).toEqual([]);
    order.gone(lost);
    expect(take()).toEqual(['tiles']);
    order.add('x', 'region', false);
    expect(order.abandon((meta) => meta === 'x')).toBe(1);
    expect(order.abandon(() => true)).toBe(0);
    expect(take()).toEqual([]);
    expect(order.length).toBe(0);
  });

  it('closes every picture exactly once, paints in order, and ends on the newest of each kind', () => {
    const step = fc.record({
      what: fc.constantFrom('tiles', 'a', 'b', 'whole'),
      outcome: fc.constantFrom('ready', 'ready', 'ready', 'gone'),
      delay: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const order = new PaintOrder<number, Picture>();
        const pictures: Picture[] = [];
        const painted: number[] = [];
        const take = () => {
          for (let next = order.next(); next; next = order.next()) {
            painted.push(next.update.meta);
            next.picture.close();
          }
        };
        const due: { at: number; act: () => void }[] = [];
        steps.forEach(({ what, outcome, delay }, index) => {
          const update = order.add(index, what === 'tiles' ? null : what, what === 'whole');
          due.push({
            at: index + delay,
            act: () => {
              if (outcome === 'gone') {
                order.gone(update);
                return;
              }
              const picture = new Picture();
              pictures.push(picture);
              order.ready(update, picture);
            },
          });
          for (const { act } of due.filter(({ at }) => at === index)) act();
          take();
        });
        for (const { act } of due.filter(({ at }) => at >= steps.length)) act();
        take();
        expect(order.length).toBe(0);
        expect(pictures.map(({ closed }) => closed)).toEqual(pictures.map(() => 1));
        expect(painted).toEqual([...painted].sort((a, b) => a - b));
        const last = steps.findLastIndex(({ outcome }) => outcome === 'ready');
        if (last >= 0) expect(painted.at(-1)).toBe(last);
        // Tiles are lost only to a whole picture after them.
        steps.forEach(({ what, outcome }, index) => {
          if (what !== 'tiles' || outcome !== 'ready' || painted.includes(index)) return;
          expect(painted.some((other) => other > index && steps[other]!.what === 'whole')).toBe(true);
        });
      }),
      { numRuns: 500 },
    );
  });
});
