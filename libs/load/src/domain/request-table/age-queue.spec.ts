import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgeLinks, AgeQueue } from './age-queue.js';
import { noSlot } from './slot.js';

const bucketMs = 10;
const times = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 60 });

function drain(queue: AgeQueue, links: AgeLinks): number[] {
  const startedMs: number[] = [];
  for (let slot = queue.oldest(); slot !== noSlot; slot = queue.oldest()) {
    startedMs.push(links.startedMs(slot));
    queue.remove(slot);
  }
  return startedMs;
}

describe('AgeQueue', () => {
  it('gives out slots in exact order, whatever was added, taken out and looked at before', () => {
    const holds = fc.property(
      times,
      fc.func(fc.boolean()),
      fc.func(fc.boolean()),
      (started, isLook, isTakenOut) => {
        const links = new AgeLinks();
        const queue = new AgeQueue(links, bucketMs);
        started.forEach((ms, slot) => {
          queue.add(slot, ms);
          if (isLook(slot))
            expect(links.startedMs(queue.oldest())).toBe(Math.min(...started.slice(0, slot + 1)));
        });
        const left = started.filter((_, slot) => {
          if (isTakenOut(slot)) queue.remove(slot);
          return !isTakenOut(slot);
        });
        expect(queue.size).toBe(left.length);
        expect(drain(queue, links)).toEqual(left.sort((a, b) => a - b));
      },
    );
    fc.assert(holds);
  });

  it('takes older slots after younger ones have gone, and finds its way over a gap of years', () => {
    const links = new AgeLinks();
    const queue = new AgeQueue(links, bucketMs);
    const yearsMs = 1e12;
    queue.add(0, yearsMs);
    expect(queue.oldest()).toBe(0);
    queue.add(1, 5);
    expect(drain(queue, links)).toEqual([5, yearsMs]);
    expect(queue.oldest()).toBe(noSlot);
    queue.add(0, 7);
    expect(queue.oldest()).toBe(0);
  });

  it('shares its links with another queue that holds other slots', () => {
    const links = new AgeLinks();
    const queues = [new AgeQueue(links, bucketMs), new AgeQueue(links, bucketMs)] as const;
    for (let slot = 0; slot < 100; slot++) queues[slot % 2]!.add(slot, 100 - slot);
    expect(queues.map((queue) => drain(queue, links)[0])).toEqual([2, 1]);
  });

  it('looks at no other slot than its neighbours when one is added or removed, in whatever order', () => {
    let looks = 0;
    const links = new (class extends AgeLinks {
      override of(slot: number): ReturnType<AgeLinks['of']> {
        looks++;
        return super.of(slot);
      }
    })();
    const queue = new AgeQueue(links, 1_000_000);
    const count = 1_000;
    for (let slot = 0; slot < count; slot++) queue.add(slot, (slot * 7_919) % count);
    for (let slot = 0; slot < count; slot++) queue.remove((slot * 31) % count);
    expect(queue.size).toBe(0);
    expect(looks / count).toBeLessThan(12);
  });
});
