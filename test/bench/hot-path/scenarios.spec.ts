import { describe, expect, it } from 'vitest';
import { type Call, filler } from './calls.ts';
import { scenarios } from './scenarios.ts';

function scenario(name: string): (typeof scenarios)[number] {
  return scenarios.find((scenario) => scenario.name === name)!;
}

function bodyOf(call: Call, number: number): string {
  return filler(call.text)(number).split('\r\n\r\n')[1]!;
}

describe('the scenarios', () => {
  it('have names of their own', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });

  it.each(scenarios)('$name: what is to be accepted is JSON, and as long for each number', ({ calls }) => {
    for (const call of calls.filter(
      ({ text, status }) => text.includes('Content-Length') && status === 200,
    )) {
      const bodies = [1_000, 999_999_999].map((number) => bodyOf(call, number));
      for (const body of bodies) expect(JSON.parse(body)).toMatchObject({ cluster: expect.any(String) });
      expect(bodies[0]).toHaveLength(bodies[1]!.length);
    }
  });

  it('with bad input have a tenth of it', () => {
    const { calls } = scenario('bad-input');
    expect(calls.filter(({ status }) => status === 400)).toHaveLength(calls.length / 10);
  });

  it('with bad input have an id of its own for each good call', () => {
    const bodies = scenario('bad-input').calls.filter(({ status }) => status === 200);
    const ids = bodies.map((call) => (JSON.parse(bodyOf(call, 1_000)) as { request_id: string }).request_id);
    expect(new Set(ids).size).toBe(bodies.length);
  });

  it('with chains have 200 hashes of 64 bits, which a parser that rounds tells apart too', () => {
    const [query] = scenario('cache-query').calls;
    const hashes = (number: number): string[] => /\[(.*)\]/.exec(bodyOf(query!, number))![1]!.split(',');
    expect(hashes(1_000)).toHaveLength(200);
    const all = [...hashes(1_000), ...hashes(1_001).slice(20)];
    expect(new Set(all.map(Number)).size).toBe(380);
    expect(all.every((hash) => BigInt(hash) > 2n ** 53n && BigInt(hash) < 2n ** 64n)).toBe(true);
    expect(hashes(1_000).slice(0, 20)).toEqual(hashes(1_001).slice(0, 20));
  });
});
