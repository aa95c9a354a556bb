import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgeLinks, AgeQueue } from './age-queue.js';
import { noSlot } from './slot.js';

const bucketMs = 10;
const times = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 60 });

function drain(queue: AgeQueue): number[] {
  const startedMs: number[] = [];
  for (let slot = queue.oldest(); slot !== noSlot; slot = queue.oldest()) {
    startedMs.push(queue.links.startedMs(slot));
    queue.remove(slot);
  }
  return startedMs;
}

describe('AgeQueue', () => {
  it('gives out what was inserted in exact order, also with some taken out before', () => {
    fc.assert(
      fc.property(times, fc.func(fc.boolean()), (started, isTakenOut) => {
        const queue = new AgeQueue(new AgeLinks(), bucketMs);
        started.forEach((ms, slot) => queue.insert(slot, ms));
        const left = started.filter((_, slot) => {
          if (isTakenOut(slot)) queue.remove(slot);
          return !isTakenOut(slot);
        });
        expect(queue.size).toBe(left.length);
        expect(drain(queue)).toEqual(left.sort((a, b) => a - b));
      }),
    );
  });

  it('gives out what was appended in the order of buckets', () => {
    fc.assert(
      fc.property(times, (started) => {
        const queue = new AgeQueue(new AgeLinks(), bucketMs);
        started.forEach((ms, slot) => queue.append(slot, ms));
        const buckets = drain(queue).map((ms) => Math.floor(ms / bucketMs));
        expect(buckets).toEqual(started.map((ms) => Math.floor(ms / bucketMs)).sort((a, b) => a - b));
      }),
    );
  });

  it('takes older slots after younger ones have gone', () => {
    const queue = new AgeQueue(new AgeLinks(), bucketMs);
    queue.insert(0, 500);
    expect(queue.oldest()).toBe(0);
    queue.insert(1, 5);
    expect(drain(queue)).toEqual([5, 500]);
    expect(queue.oldest()).toBe(noSlot);
    queue.insert(0, 7);
    expect(queue.oldest()).toBe(0);
  });
});
