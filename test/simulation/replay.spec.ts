import { describe, expect, it } from 'vitest';
import { playSeeds } from './support/play-seeds.js';
import { simulate } from './support/simulate.js';

/** All that happens in a run, line by line. */
async function traceOf(seed: number): Promise<string> {
  const lines: string[] = [];
  await simulate(seed, { trace: (atMs, who, text) => void lines.push(`${atMs} ${who} ${text}`) });
  return lines.join('\n');
}

describe('a simulated run', () => {
  it('is the same whenever it is played, and whatever else is', async () => {
    const alone = await traceOf(7);
    const others = playSeeds({ first: 100, count: 20 }, {}, () => true);
    const amongOthers = await traceOf(7);
    await others;
    expect(alone.length).toBeGreaterThan(10_000);
    expect(amongOthers).toBe(alone);
  });

  it('is another for another seed', async () => {
    expect(await traceOf(8)).not.toBe(await traceOf(9));
  });
});
