import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricSources } from './metric-sources.js';

async function slicesOf(sources: MetricSources): Promise<string[]> {
  const slices: string[] = [];
  for await (const slice of sources.render()) slices.push(slice);
  return slices;
}

describe('MetricSources', () => {
  it('renders the registry, then each source in turn', async () => {
    const registry = new Registry();
    const sources = new MetricSources(registry);
    sources.add({ render: () => ['a1', 'a2'] });
    sources.add({ render: () => ['b1'] });
    expect(await slicesOf(sources)).toEqual([await registry.metrics(), 'a1', 'a2', 'b1']);
  });

  it('lets the event loop turn between two slices, of one source or of two', async () => {
    const sources = new MetricSources(new Registry());
    const turns: string[] = [];
    const render = function* (name: string) {
      for (const slice of [`${name}1`, `${name}2`]) {
        setImmediate(() => turns.push(`after ${slice}`));
        turns.push(slice);
        yield slice;
      }
    };
    sources.add({ render: () => render('a') });
    sources.add({ render: () => render('b') });
    await slicesOf(sources);
    expect(turns).toEqual(['a1', 'after a1', 'a2', 'after a2', 'b1', 'after b1', 'b2', 'after b2']);
  });
});
