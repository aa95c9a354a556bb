import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Garbage, GarbageCollectionTimer } from './garbage-collection-timer.js';

const intervalMs = 1_000;

/** Takes 1,000 things at a bite. */
class Heap implements Garbage {
  bites = 0;

  constructor(public left: number) {}

  execute(): boolean {
    this.bites++;
    this.left -= Math.min(this.left, 1_000);
    return this.left > 0;
  }
}

describe('GarbageCollectionTimer', () => {
  let heap: Heap;
  let timer: GarbageCollectionTimer;

  beforeEach(() => {
    // The turns between two bites stay real: they are what is tested.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    heap = new Heap(0);
    timer = new GarbageCollectionTimer(heap, intervalMs);
  });
  afterEach(() => vi.useRealTimers());

  it('collects once an interval from the start of the application on', async () => {
    await vi.advanceTimersByTimeAsync(intervalMs);
    expect(heap.bites).toBe(0);
    timer.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(intervalMs - 1);
    expect(heap.bites).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(heap.bites).toBe(1);
    await vi.advanceTimersByTimeAsync(3 * intervalMs);
    expect(heap.bites).toBe(4);
  });

  it('lets calls in between two bites, and waits a whole interval after the last', async () => {
    heap.left = 2_500;
    timer.onApplicationBootstrap();
    vi.advanceTimersByTime(intervalMs);
    const left = [heap.left];
    while (heap.left > 0) {
      await nextTurn();
      left.push(heap.left);
    }
    expect(left).toEqual([1_500, 500, 0]);
    await nextTurn();
    expect(vi.getTimerCount()).toBe(1);
    const { bites } = heap;
    vi.advanceTimersByTime(intervalMs - 1);
    expect(heap.bites).toBe(bites);
    vi.advanceTimersByTime(1);
    expect(heap.bites).toBe(bites + 1);
  });

  it('stops between two bites when the application ends, and never starts again', async () => {
    heap.left = 2_500;
    timer.onApplicationBootstrap();
    vi.advanceTimersByTime(intervalMs);
    timer.onApplicationShutdown();
    await nextTurn();
    await nextTurn();
    expect(heap.left).toBe(1_500);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops while it waits', () => {
    timer.onApplicationBootstrap();
    expect(vi.getTimerCount()).toBe(1);
    timer.onApplicationShutdown();
    expect(vi.getTimerCount()).toBe(0);
  });
});
