import { describe, expect, it } from 'vitest';
import { EngineDirectory } from './engine-directory.js';
import type { EngineStats } from './engine-stats.js';
import type { RequestRecord } from './inference-request.js';

function recordOf(cluster: string, ip: string): RequestRecord {
  return { timestampNs: 0n, cluster, ip, promptLength: 0 };
}

function namesOf(engines: EngineDirectory): string[] {
  return [...engines.models()].flatMap((model) =>
    [...model.engines()].map(({ ip }) => `${model.cluster} ${ip}`),
  );
}

describe('EngineDirectory', () => {
  it('makes an engine at its first record, and finds it from then on by its names and its number', () => {
    const engines = new EngineDirectory();
    const first = engines.engineFor(recordOf('llama', '10.0.0.1'));
    const second = engines.engineFor(recordOf('qwen', '10.0.0.1'));
    expect(engines.engineFor(recordOf('llama', '10.0.0.1'))).toBe(first);
    expect(engines.engineFor(recordOf('llama', '10.0.0.2'))).not.toBe(first);
    expect(engines.model('qwen')!.engine('10.0.0.1')).toBe(second);
    expect([engines.at(first.number), engines.at(second.number)]).toEqual([first, second]);
    expect([engines.clusterCount, engines.engineCount]).toEqual([2, 3]);
    expect(namesOf(engines)).toEqual(['llama 10.0.0.1', 'llama 10.0.0.2', 'qwen 10.0.0.1']);
  });

  it('forgets a cluster with its last engine', () => {
    const engines = new EngineDirectory();
    const [first, second] = ['10.0.0.1', '10.0.0.2'].map((ip) => engines.engineFor(recordOf('llama', ip)));
    engines.delete(first!);
    expect(namesOf(engines)).toEqual(['llama 10.0.0.2']);
    engines.delete(second!);
    expect([engines.clusterCount, engines.engineCount, engines.model('llama')]).toEqual([0, 0, undefined]);
  });

  it('lets go of the forgotten, and gives their numbers again, never one that is in use', () => {
    const engines = new EngineDirectory();
    const made: EngineStats[] = [];
    for (let i = 0; i < 10; i++) made.push(engines.engineFor(recordOf('llama', `10.0.0.${i}`)));
    for (const at of [3, 8, 5]) engines.delete(made[at]!);
    expect([3, 5, 8].map((at) => engines.at(made[at]!.number))).toEqual([undefined, undefined, undefined]);
    const again = [20, 21, 22].map((last) => engines.engineFor(recordOf('llama', `10.0.0.${last}`)).number);
    expect(new Set(again)).toEqual(new Set([3, 5, 8].map((at) => made[at]!.number)));
    expect(engines.engineFor(recordOf('llama', '10.0.0.23')).number).toBe(10);
  });
});
