import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CachedCluster, CachedEngine } from './cached-engine.js';
import { SaveQueue } from './save-queue.js';

const cluster = new CachedCluster(0, 'llama');
const engines = 20;
/** Saves of now and of a while ago, and engines that go. */
const step = fc.record({
  engine: fc.nat(engines - 1),
  savedMs: fc.nat(30),
  goes: fc.nat(4).map((chance) => chance === 0),
});

describe('SaveQueue', () => {
  it('has the engine first that was saved to longest ago, of equals the one of the first save', () => {
    let gone = 0;
    const steps = fc.array(step, { maxLength: 80, size: 'max' });
    const holds = fc.property(steps, (given) => {
      const queue = new SaveQueue();
      const queued = new Map<number, CachedEngine>();
      for (const [saveOrder, { engine: number, savedMs, goes }] of given.entries()) {
        const engine = queued.get(number) ?? new CachedEngine(number, cluster, '10.0.0.1');
        if (goes && queued.delete(number)) {
          queue.remove(engine);
          gone++;
        } else {
          engine.onSaved(savedMs, saveOrder);
          queue.onSaved(engine);
          queued.set(number, engine);
        }
        const inOrder = [...queued.values()].sort(
          (a, b) => a.savedMs - b.savedMs || a.saveOrder - b.saveOrder,
        );
        expect(queue.first).toBe(inOrder[0]);
      }
    });
    fc.assert(holds, { numRuns: 1_000 });
    expect(gone).toBeGreaterThan(1_000);
  });
});
