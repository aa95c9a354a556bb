import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineBytes, layoutOf, maxEngineBytes, upperTimeOf, writeEngine } from './engine-bytes.js';
import { EngineLoadDto } from './engine-load.dto.js';

describe('writeEngine', () => {
  it('writes the JSON of an EngineLoadDto', () => {
    const count = fc.oneof(
      fc.nat(),
      fc.nat(11),
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.constantFrom(0, 2 ** 31 - 1, 2 ** 31, Number.MAX_SAFE_INTEGER),
    );
    const engine = fc.record({
      ip: fc.ipV4(),
      queuedCount: count,
      prefillCount: count,
      promptLength: count,
      updatedUs: fc.integer({ min: Date.UTC(2020, 0) * 1000, max: Date.UTC(2100, 0) * 1000 }),
      version: fc.nat(),
    });
    fc.assert(
      fc.property(engine, (given) => {
        const bytes = Buffer.alloc(maxEngineBytes + 3);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const upperTime = upperTimeOf(given.updatedUs);
        const layout = layoutOf(given, upperTime);
        writeEngine(view, 3, given, layout, upperTime);
        const text = bytes.toString('latin1', 3, 3 + engineBytes(given.ip, layout));
        expect(text).toBe(JSON.stringify(new EngineLoadDto(given)));
      }),
      { numRuns: 5_000 },
    );
  });
});
