import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineDirectory } from '../engine-directory.js';
import { type Life, maxPromptLength } from '../inference-request.js';
import { requestKeyOf } from './request-key.js';
import { RequestTable } from './request-table.js';
import { noSlot } from './slot.js';

const lives: fc.Arbitrary<Life> = fc.record({
  generation: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  record: fc.option(
    fc.record({
      timestampNs: fc.bigInt(0n, 2n ** 63n - 1n),
      cluster: fc.constantFrom('llama', 'qwen'),
      ip: fc.constantFrom('10.0.0.1', '10.0.0.2'),
      promptLength: fc.nat(maxPromptLength),
    }),
    { nil: undefined },
  ),
  released: fc.boolean(),
  removed: fc.boolean(),
  startedMs: fc.integer({ min: -200, max: 200 }),
});
const steps = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  life: lives,
  mayCount: fc.boolean(),
  isDelete: fc.boolean(),
});

/** What a tombstone keeps of a life. */
function packed(life: Life): Life {
  const { record } = life;
  return {
    ...life,
    record: record && { timestampNs: record.timestampNs, cluster: '', ip: '', promptLength: 0 },
  };
}

describe('RequestTable', () => {
  it('holds what a map would, and of a life that does not count what a tombstone keeps, and knows the oldest of both', () => {
    const holds = fc.property(fc.array(steps, { maxLength: 60 }), (sequence) => {
      const engines = new EngineDirectory();
      const table = new RequestTable(engines, 25);
      const model = new Map<string, { life: Life; isLive: boolean }>();
      for (const { id, life, mayCount, isDelete } of sequence) {
        const engine = mayCount && life.record ? engines.engineFor(life.record) : undefined;
        const isLive = engine !== undefined;
        const slot = table.find(requestKeyOf(id));
        expect(slot === noSlot).toBe(!model.has(id));
        if (slot === noSlot) {
          table.insert(requestKeyOf(id), life, engine, 0);
          model.set(id, { life, isLive });
        } else if (isDelete) {
          table.delete(slot);
          model.delete(id);
        } else {
          table.replace(slot, life, engine);
          model.set(id, { life, isLive });
        }
        for (const [known, expected] of model) {
          const at = table.find(requestKeyOf(known));
          expect(table.isLiveAt(at)).toBe(expected.isLive);
          if (expected.isLive) expect(table.engineAt(at)).toBe(engines.engineFor(expected.life.record!));
          expect(table.lifeAt(at)).toEqual(expected.isLive ? expected.life : packed(expected.life));
        }
        const startsOf = (live: boolean): number[] =>
          [...model.values()].filter((each) => each.isLive === live).map((each) => each.life.startedMs);
        expect([table.liveCount, table.tombstoneCount]).toEqual([
          startsOf(true).length,
          startsOf(false).length,
        ]);
        const oldest = (of: number): number | undefined =>
          of === noSlot ? undefined : table.startedMsAt(of);
        expect(oldest(table.oldestLive())).toBe(startsOf(true).sort((a, b) => a - b)[0]);
        expect(oldest(table.oldestTombstone())).toBe(startsOf(false).sort((a, b) => a - b)[0]);
      }
    });
    fc.assert(holds, { numRuns: 1_000 });
  });

  it('knows each of very many engines', () => {
    const engines = new EngineDirectory();
    const table = new RequestTable(engines, 25);
    const count = 70_000;
    for (let index = 0; index < count; index++) {
      const record = { timestampNs: 0n, cluster: 'llama', ip: `engine ${index}`, promptLength: index };
      const life = { generation: 1, record, released: false, removed: false, startedMs: 0 };
      table.insert(requestKeyOf(`request ${index}`), life, engines.engineFor(record), 0);
    }
    for (const index of [0, 255, 256, 65_535, 65_536, count - 1])
      expect(table.lifeAt(table.find(requestKeyOf(`request ${index}`))).record).toMatchObject({
        ip: `engine ${index}`,
        promptLength: index,
      });
  });
});
