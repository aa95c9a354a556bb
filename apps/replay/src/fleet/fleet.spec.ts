import { afterEach, describe, expect, it } from 'vitest';
import { startFakeReplica, type FakeOptions, type FakeReplica } from '../../test-support/fake-replica.js';
import { Fleet } from './fleet.js';
import { fnv32a } from './fnv32a.js';
import { noFigures, sumOf } from './replica-figures.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** For replicas that never answer; long enough for the others on a busy machine. */
const shortMs = 300;

interface Three {
  readonly fleet: Fleet;
  /** In order of their addresses. */
  readonly fakes: readonly FakeReplica[];
}

/** Three replicas on 127.0.0.1 to 127.0.0.3. */
async function three(
  faults: readonly FakeOptions['fault'][] = [],
  attemptTimeoutMs = 10_000,
): Promise<Three> {
  const fakes: FakeReplica[] = [];
  for (const [index, host] of ['127.0.0.1', '127.0.0.2', '127.0.0.3'].entries()) {
    const fault = faults[index];
    const fake = await startFakeReplica({ host, ...(fault && { fault }) });
    fakes.push(fake);
    closing.push(() => fake.close());
  }
  const targets = fakes.map(({ target }) => target).toReversed();
  const fleet = new Fleet({ targets, connections: 2, attemptTimeoutMs });
  closing.unshift(() => fleet.close());
  return { fleet, fakes };
}

const query = { method: 'GET', path: '/v1/load/stats?cluster=c', body: null } as const;
const removal = { method: 'DELETE', path: '/v1/load/stats', body: '{"request_id":"r"}' } as const;
const counts = (fleet: Fleet): number[][] =>
  fleet.replicas.map(({ figures }) => [
    figures.attempts,
    figures.retries,
    figures.timeouts,
    figures.refusals,
    figures.failedCalls,
  ]);

/** A key whose calls go to the replica at `place` of three. */
function keyOf(place: number): string {
  return ['a', 'b', 'c', 'd', 'e', 'f', 'g'].find((key) => fnv32a(key) % 3 === place)!;
}

describe('Fleet', () => {
  it('asks the replica that the hash of the key tells, in order of addresses', async () => {
    const { fleet, fakes } = await three();
    expect(fleet.replicas.map(({ address }) => address)).toEqual(
      fakes.map(({ target }) => target.replace('http://', '')),
    );
    for (const place of [0, 1, 2]) expect(await fleet.call(keyOf(place), query)).toMatchObject({ ok: true });
    expect(fakes.map(({ calls }) => calls.length)).toEqual([1, 1, 1]);
    await fleet.call('', removal);
    const place = 0x811c9dc5 % 3;
    expect(fakes[place]?.calls.at(-1)).toMatchObject({ method: 'DELETE' });
  });

  it.each([
    ['hang', [1, 0, 1, 0, 0]],
    ['applied, then hang', [1, 0, 1, 0, 0]],
    ['refuse', [1, 0, 0, 1, 0]],
    ['error status', [1, 0, 0, 1, 0]],
    ['hang up', [1, 0, 0, 1, 0]],
  ] as const)('sends the same bytes to the next replica after: %s', async (fault, ofTheFirst) => {
    const { fleet, fakes } = await three([undefined, undefined, () => fault], shortMs);
    expect(await fleet.call(keyOf(2), removal)).toMatchObject({ ok: true });
    expect(fakes[0]?.calls).toEqual(fakes[2]?.calls);
    expect(counts(fleet)).toEqual([[1, 1, 0, 0, 0], [0, 0, 0, 0, 0], ofTheFirst]);
  });

  it('fails when the retry fails too, and asks no third', async () => {
    const { fleet, fakes } = await three([() => 'hang', () => 'refuse'], shortMs);
    expect(await fleet.call(keyOf(0), query)).toEqual({
      ok: false,
      reason: expect.stringMatching(/^no answer within 300 ms; then HTTP 503/) as string,
    });
    expect(fakes[2]?.calls).toEqual([]);
    expect(counts(fleet)).toEqual([
      [1, 0, 1, 0, 1],
      [1, 1, 0, 1, 0],
      [0, 0, 0, 0, 0],
    ]);
    expect(sumOf(fleet.replicas.map(({ figures }) => figures))).toEqual({
      attempts: 2,
      retries: 1,
      timeouts: 1,
      refusals: 1,
      failedCalls: 1,
    });
  });

  it('gives up a call that waits for a connection, without ever sending it', async () => {
    const { fleet, fakes } = await three([() => 'hang'], shortMs);
    const calls = Array.from({ length: 5 }, () => fleet.call(keyOf(0), query));
    for (const result of await Promise.all(calls)) expect(result).toMatchObject({ ok: true });
    expect(fakes[0]?.calls).toHaveLength(2); // as many as there are connections
    expect(counts(fleet)[0]).toEqual([5, 0, 5, 0, 0]);
  });

  it('retries at the next when nobody listens, and connects again when somebody does', async () => {
    const { fleet, fakes } = await three();
    await fleet.call(keyOf(1), query);
    await fakes[1]?.close();
    expect(await fleet.call(keyOf(1), query)).toMatchObject({ ok: true });
    expect(counts(fleet)[1]).toEqual([2, 0, 0, 1, 0]);
    const port = Number(new URL(fakes[1]!.target).port);
    const again = await startFakeReplica({ host: '127.0.0.2', port });
    closing.push(() => again.close());
    expect(await fleet.call(keyOf(1), query)).toMatchObject({ ok: true });
    expect(again.calls).toHaveLength(1);
    expect(counts(fleet)[1]).toEqual([3, 0, 0, 1, 0]);
  });

  it('keeps connections alive, over DELETEs too', async () => {
    const { fleet, fakes } = await three();
    for (let time = 0; time < 20; time++) await fleet.call('', removal);
    // The pool may open a second one while the first has just become free.
    expect(fakes[0x811c9dc5 % 3]?.connections()).toBeLessThanOrEqual(2);
  });

  it('asks one replica outside of all counts', async () => {
    const { fleet, fakes } = await three();
    expect(await fleet.ask(1, query, 1000)).toMatchObject({ ok: true });
    expect(fakes.map(({ calls }) => calls.length)).toEqual([0, 1, 0]);
    expect(fleet.replicas.every(({ figures }) => figures.attempts === 0)).toBe(true);
    expect(() => fleet.ask(3, query, 1000)).toThrow('no replica 3 of 3');
  });

  it('gives a lone replica the time that it takes, and never asks twice', async () => {
    const fake = await startFakeReplica({ fault: (_, index) => (index === 0 ? 'refuse' : undefined) });
    const fleet = new Fleet({ targets: [fake.target], connections: 1, attemptTimeoutMs: 0 });
    closing.push(
      () => fleet.close(),
      () => fake.close(),
    );
    expect(await fleet.call('c', query)).toMatchObject({ ok: false });
    expect(await fleet.call('c', query)).toMatchObject({ ok: true });
    expect(fleet.replicas[0]?.figures).toEqual({ ...noFigures, attempts: 2, refusals: 1, failedCalls: 1 });
  });
});
