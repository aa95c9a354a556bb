import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '#testing';
import { GcPolicy } from '../../domain/gc-policy.js';
import { LoadStats } from '../../domain/load-stats.js';
import { EngineLoadDto } from './engine-load.dto.js';
import { RenderedLoads } from './rendered-loads.js';

const limits = { maxRequests: 1e6, maxEngines: 1e6, maxClusters: 1e6, maxTombstones: 1e6 };

function dtosOf(load: LoadStats, cluster: string): object[] {
  return Array.from(load.enginesOf(cluster), (engine) => ({ ...new EngineLoadDto(engine) }));
}

describe('RenderedLoads', () => {
  it('says what JSON says, whatever has happened since it was asked last', () => {
    const clock = new ManualClock();
    const step = fc.record({
      call: fc.constantFrom('record', 'record', 'release', 'remove', 'wait'),
      request: fc.nat(30),
      engine: fc.nat(80),
      isAsked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const load = new LoadStats(new GcPolicy(1_000), limits);
        const rendered = new RenderedLoads();
        for (const { call, request, engine, isAsked } of steps) {
          const id = `r-${request}`;
          clock.advance(1);
          if (call === 'record')
            load.record(
              id,
              { timestampNs: 0n, cluster: 'c', ip: `10.0.0.${engine}`, promptLength: engine },
              clock.now(),
            );
          else if (call === 'release') load.release(id, clock.now());
          else if (call === 'remove') load.remove(id, clock.now());
          else clock.advance(500);
          load.collect(clock.now(), 1_000);
          if (isAsked) expect(JSON.parse(rendered.of(load.model('c')).text)).toEqual(dtosOf(load, 'c'));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same text again while nothing changes', () => {
    const clock = new ManualClock();
    const load = new LoadStats(new GcPolicy(1_000), limits);
    const rendered = new RenderedLoads();
    load.record('r', { timestampNs: 0n, cluster: 'c', ip: '10.0.0.1', promptLength: 1 }, clock.now());
    const first = rendered.of(load.model('c'));
    expect(rendered.of(load.model('c'))).toBe(first);
    // Within the same microsecond.
    load.release('r', clock.now());
    expect(rendered.of(load.model('c')).text).toContain('"prompt_length":0');
  });

  it('has no engines of a cluster that nobody knows', () => {
    expect(new RenderedLoads().of(undefined).text).toBe('[]');
  });
});
