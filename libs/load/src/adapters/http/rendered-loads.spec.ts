import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenderedJson } from '#platform';
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
      call: fc.constantFrom('record', 'record', 'release', 'remove', 'wait', 'step wall clock'),
      request: fc.nat(30),
      engine: fc.nat(80),
      isAsked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const load = new LoadStats(new GcPolicy(1_000), limits);
        const rendered = new RenderedLoads();
        const given: [answer: RenderedJson, text: string][] = [];
        let steppedUs = 0;
        for (const { call, request, engine, isAsked } of steps) {
          const id = `r-${request}`;
          clock.advance(1);
          // Times are written in two parts, of which the upper one changes every 100 s.
          if (call === 'step wall clock') steppedUs += 100_000_000;
          const now = { ...clock.now(), unixUs: clock.now().unixUs + steppedUs };
          if (call === 'record')
            load.record(
              id,
              { timestampNs: 0n, cluster: 'c', ip: `10.0.0.${engine}`, promptLength: engine },
              now,
            );
          else if (call === 'release') load.release(id, now);
          else if (call === 'remove') load.remove(id, now);
          else if (call === 'wait') clock.advance(500);
          load.collect({ ...now, monotonicMs: clock.now().monotonicMs }, 1_000);
          if (!isAsked) continue;
          const answer = rendered.of(load.model('c'));
          const text = answer.bytes.toString();
          expect(JSON.parse(text)).toEqual(dtosOf(load, 'c'));
          given.push([answer, text]);
        }
        // Some may still be on their way.
        for (const [answer, text] of given) expect(answer.bytes.toString()).toBe(text);
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
