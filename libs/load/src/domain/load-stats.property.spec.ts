import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GcPolicy } from './gc-policy.js';
import type { Life, RequestRecord } from './inference-request.js';
import { LoadStats } from './load-stats.js';
import { requestKeyOf } from './request-table/request-key.js';

/**
 * The table of the life cycle, written down a second time as naively as possible: one plain object per id,
 * every count found by counting. Ages are kept, not start times; nothing is ever collected, only looked at.
 */
class NaiveLoad {
  readonly #known = new Map<string, Life>();

  constructor(readonly policy: GcPolicy) {}

  record(id: string, record: RequestRecord, nowMs: number): string {
    const life = this.#at(id, nowMs);
    if (!life)
      return this.#set(id, { generation: 1, record, released: false, removed: false, startedMs: nowMs });
    if (!life.record) return this.#set(id, { ...life, record });
    if (this.#counts(life, nowMs)) {
      const isSame =
        life.record.cluster === record.cluster &&
        life.record.ip === record.ip &&
        life.record.promptLength === record.promptLength;
      return isSame ? 'repeated' : 'conflict';
    }
    if (record.timestampNs !== 0n && record.timestampNs === life.record.timestampNs) return 'repeated';
    const generation = life.generation + 1;
    return this.#set(id, { generation, record, released: false, removed: false, startedMs: nowMs });
  }

  release(id: string, nowMs: number): string {
    const life = this.#at(id, nowMs);
    if (!life) return this.#set(id, this.#marker(nowMs, 'released'));
    if (life.removed || (life.record && !this.#counts(life, nowMs))) return 'ended';
    return life.released ? 'repeated' : this.#set(id, { ...life, released: true });
  }

  remove(id: string, nowMs: number): string {
    const life = this.#at(id, nowMs);
    if (!life) return this.#set(id, this.#marker(nowMs, 'removed'));
    if (life.removed || (life.record && !this.#counts(life, nowMs))) return 'ended';
    return this.#set(id, { ...life, removed: true });
  }

  merge(id: string, other: Life, nowMs: number): void {
    const mine = this.#at(id, nowMs);
    if (!mine || other.generation > mine.generation) this.#known.set(id, other);
    if (!mine || other.generation !== mine.generation) return;
    this.#known.set(id, {
      generation: mine.generation,
      record: rank(mine.record) > rank(other.record) ? mine.record : other.record,
      released: mine.released || other.released,
      removed: mine.removed || other.removed,
      startedMs: Math.min(mine.startedMs, other.startedMs),
    });
  }

  counts(nowMs: number): Map<string, { queued: number; prefill: number; prompt: number }> {
    const counts = new Map<string, { queued: number; prefill: number; prompt: number }>();
    for (const life of this.#known.values()) {
      if (!this.#counts(life, nowMs) || !life.record) continue;
      const engine = `${life.record.cluster} ${life.record.ip}`;
      const { queued, prefill, prompt } = counts.get(engine) ?? { queued: 0, prefill: 0, prompt: 0 };
      counts.set(engine, {
        queued: queued + 1,
        prefill: prefill + (life.released ? 0 : 1),
        prompt: prompt + (life.released ? 0 : life.record.promptLength),
      });
    }
    return counts;
  }

  #at(id: string, nowMs: number): Life | undefined {
    const life = this.#known.get(id);
    return life && nowMs - life.startedMs < this.policy.expiryMs + 90_000 ? life : undefined;
  }

  #counts(life: Life, nowMs: number): boolean {
    return life.record !== undefined && !life.removed && nowMs - life.startedMs < this.policy.expiryMs;
  }

  #marker(startedMs: number, flag: 'released' | 'removed'): Life {
    return { generation: 1, record: undefined, released: false, removed: false, startedMs, [flag]: true };
  }

  #set(id: string, life: Life): string {
    this.#known.set(id, life);
    return 'changed';
  }
}

/** No record first, then by timestamp, cluster, ip and length, which are all of one width here. */
function rank(record: RequestRecord | undefined): string {
  return record ? `1 ${record.timestampNs} ${record.cluster} ${record.ip} ${record.promptLength}` : '0';
}

const policy = new GcPolicy(600_000);
const unbounded = { maxRequests: 1e9, maxEngines: 1e9, maxClusters: 1e9, maxTombstones: 1e9 };

const ids = fc.constantFrom('a', 'b', 'c');
const records = fc.record({
  timestampNs: fc.constantFrom(0n, 1n, 2n),
  cluster: fc.constantFrom('llama', 'qwen'),
  ip: fc.constantFrom('10.0.0.1', '10.0.0.2'),
  promptLength: fc.integer({ min: 0, max: 3 }),
});
const ages = fc.constantFrom(
  0,
  1,
  5_000,
  policy.expiryMs - 1,
  policy.expiryMs,
  policy.forgetMs - 1,
  policy.forgetMs,
);
const steps = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('record' as const), id: ids, record: records }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), id: ids }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), id: ids }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('merge' as const),
      id: ids,
      generation: fc.integer({ min: 1, max: 3 }),
      record: fc.option(records, { nil: undefined }),
      released: fc.boolean(),
      removed: fc.boolean(),
      ageMs: ages,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: ages }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('collect' as const) }) },
);

function outcomeOf(result: Life | string): string {
  return typeof result === 'string' ? result : 'changed';
}

/** Engines with anything to count; idle rows are each replica's own memory. */
function countsOf(load: LoadStats): Map<string, { queued: number; prefill: number; prompt: number }> {
  const counts = new Map<string, { queued: number; prefill: number; prompt: number }>();
  for (const model of load.models()) {
    for (const engine of model.engines()) {
      if (engine.queuedCount === 0) {
        expect([engine.prefillCount, engine.promptLength]).toEqual([0, 0]);
        continue;
      }
      counts.set(`${model.cluster} ${engine.ip}`, {
        queued: engine.queuedCount,
        prefill: engine.prefillCount,
        prompt: engine.promptLength,
      });
    }
  }
  return counts;
}

describe('LoadStats', () => {
  it('agrees with a naive recount after any sequence of calls, merges, expiries and collections', () => {
    const holds = fc.property(fc.array(steps, { minLength: 1, maxLength: 40 }), (sequence) => {
      const load = new LoadStats(policy, unbounded);
      const naive = new NaiveLoad(policy);
      let nowMs = 1_000_000;
      for (const step of [...sequence, { do: 'collect' as const }]) {
        const now = { monotonicMs: nowMs, unixUs: nowMs * 1000 };
        switch (step.do) {
          case 'record':
            expect(outcomeOf(load.record(step.id, step.record, now))).toBe(
              naive.record(step.id, step.record, nowMs),
            );
            break;
          case 'release':
            expect(outcomeOf(load.release(step.id, now))).toBe(naive.release(step.id, nowMs));
            break;
          case 'remove':
            expect(outcomeOf(load.remove(step.id, now))).toBe(naive.remove(step.id, nowMs));
            break;
          case 'merge': {
            const { generation, record, released, removed, ageMs } = step;
            const life: Life = { generation, record, released, removed, startedMs: nowMs - ageMs };
            load.merge(requestKeyOf(step.id), life, now);
            naive.merge(step.id, life, nowMs);
            break;
          }
          case 'wait':
            nowMs += step.ms;
            break;
          case 'collect':
            while (load.collect(now, 2));
            expect(countsOf(load)).toEqual(naive.counts(nowMs));
            break;
        }
        expect([...countsOf(load).values()].reduce((sum, { queued }) => sum + queued, 0)).toBe(
          load.liveCount,
        );
      }
    });
    fc.assert(holds, { numRuns: 10_000 });
  });

  it('ends in the same counts whatever the order and repetition of what replicas send each other', () => {
    const calls = fc.array(
      fc.record({
        at: fc.nat(2),
        id: ids,
        record: records,
        kind: fc.constantFrom('record', 'release', 'remove'),
      }),
      { maxLength: 12 },
    );
    const holds = fc.property(calls, fc.infiniteStream(fc.nat()), (sequence, picks) => {
      const now = { monotonicMs: 0, unixUs: 0 };
      const replicas = [0, 1, 2].map(() => new LoadStats(policy, unbounded));
      const sent: { id: string; life: Life }[] = [];
      const usedIds = new Map<string, RequestRecord>();
      for (const { at, id, record, kind } of sequence) {
        const replica = replicas[at]!;
        const same = usedIds.get(id) ?? { ...record, timestampNs: 1n };
        usedIds.set(id, same);
        const life =
          kind === 'record'
            ? replica.record(id, same, now)
            : kind === 'release'
              ? replica.release(id, now)
              : replica.remove(id, now);
        if (typeof life !== 'string') sent.push({ id, life });
      }
      for (const replica of replicas) {
        const mail = [...sent, ...sent];
        while (mail.length > 0) {
          const [{ id, life }] = mail.splice(picks.next().value % mail.length, 1) as [
            { id: string; life: Life },
          ];
          replica.merge(requestKeyOf(id), life, now);
        }
      }
      const [first, second, third] = replicas.map(countsOf);
      expect(second).toEqual(first);
      expect(third).toEqual(first);
    });
    fc.assert(holds, { numRuns: 2_000 });
  });
});
