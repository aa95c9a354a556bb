import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestKeyOf } from './request-key.js';
import { SlotIndex } from './slot-index.js';
import { noSlot } from './slot.js';

describe('SlotIndex', () => {
  it('behaves like a map, whatever is inserted and deleted', () => {
    const keys = fc.record({ high: fc.constantFrom(-1, 0, 1), low: fc.integer({ min: -20, max: 20 }) });
    const step = fc.record({ key: keys, isInsert: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const index = new SlotIndex();
        const model = new Map<string, number>();
        for (const { key, isInsert } of steps) {
          const name = `${key.high}:${key.low}`;
          const slot = index.find(key);
          expect(slot).toBe(model.get(name) ?? noSlot);
          if (isInsert && slot === noSlot) model.set(name, index.insert(key));
          if (!isInsert && slot !== noSlot) {
            index.delete(slot);
            model.delete(name);
          }
          expect(index.size).toBe(model.size);
        }
      }),
    );
  });

  it('finds every key through several doublings, and uses deleted slots again', () => {
    const count = 40_000;
    const index = new SlotIndex();
    const slots = Array.from({ length: count }, (_, i) => index.insert(requestKeyOf(`request-${i}`)));
    expect(new Set(slots).size).toBe(count);
    expect(slots.every((slot, i) => index.find(requestKeyOf(`request-${i}`)) === slot)).toBe(true);
    for (const slot of slots) index.delete(slot);
    expect(index.size).toBe(0);
    const again = Array.from({ length: count }, (_, i) => index.insert(requestKeyOf(`again-${i}`)));
    expect(Math.max(...again)).toBeLessThan(count);
  });
});
