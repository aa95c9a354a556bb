import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './support/call.js';
import { LoadCalls } from './support/load-calls.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const ip = '10.0.0.1';
const outcome = ({ status, body }: Answer) => [status, body.error?.code, body.error?.reason];
const success = [200, undefined, undefined];
const duplicate = [400, 40001000, 'duplicate_request'];
const removed = [404, 40001404, 'request_removed'];

/** The API document to the letter: sections 2 and 3 of the design. Each test has a cluster and id of its own. */
describe.each(ways)('strict mode, by the $name', ({ call }) => {
  let replica: RunningReplica;
  let calls: LoadCalls;
  beforeAll(async () => {
    replica = await startReplica({ METADATA_CENTER_API_MODE: 'strict' });
    calls = new LoadCalls(replica.url, call);
  });
  afterAll(() => replica.close());

  const named = (name: string) => {
    const reference = { cluster: name, request_id: name, ip };
    return {
      record: (fields: object = {}) => calls.record({ ...reference, prompt_length: 5, ...fields }),
      release: () => calls.release(reference),
      remove: () => calls.remove(reference),
      counts: () => calls.counts(name),
    };
  };

  it.each(['release', 'remove'] as const)('demands cluster and ip of a DELETE (%s)', async (kind) => {
    await calls.record({ cluster: kind, request_id: kind });
    const cases: [object, RegExp][] = [
      [{ request_id: kind }, /^cluster and ip are missing/],
      [{ request_id: kind, cluster: '', ip: '' }, /^cluster and ip are missing/],
      [{ request_id: kind, cluster: kind }, /^ip is missing/],
      [{ request_id: kind, ip }, /^cluster is missing/],
    ];
    for (const [reference, message] of cases) {
      const answer = await calls[kind](reference);
      expect(outcome(answer)).toEqual([400, 40001400, 'invalid_argument']);
      expect(answer.body.error?.message).toMatch(message);
    }
    expect(await calls.counts(kind)).toEqual([1, 1, 0]);
    expect(outcome(await calls[kind]({ request_id: kind, cluster: kind, ip }))).toEqual(success);
  });

  it('shows prefill_req_num too', async () => {
    await named('prefill').record();
    expect(await calls.load('prefill')).toMatchObject([{ prefill_req_num: 1 }]);
  });

  it('answers a POST of a live request with 40001000, repeated or not', async () => {
    const { record, counts } = named('live');
    expect(outcome(await record({ timestamp: 7 }))).toEqual(success);
    for (const fields of [{ timestamp: 7 }, { timestamp: 8 }, {}, { ip: '10.0.0.2' }, { prompt_length: 6 }]) {
      expect(outcome(await record(fields))).toEqual(duplicate);
    }
    expect(await counts()).toEqual([1, 1, 5]);
  });

  it('answers a DELETE of a live request’s prompt with 200, and its repeat', async () => {
    const { record, release, counts } = named('prompt');
    await record();
    expect(outcome(await release())).toEqual(success);
    expect(outcome(await release())).toEqual(success);
    expect(await counts()).toEqual([1, 0, 0]);
  });

  it('answers a DELETE of either kind of a removed request with 40001404', async () => {
    const { record, release, remove, counts } = named('removed');
    await record();
    expect(outcome(await remove())).toEqual(success);
    const repeated = await remove();
    expect(outcome(repeated)).toEqual(removed);
    expect(repeated.body.error?.message).toMatch(/^request_id "removed" was removed already/);
    expect(outcome(await release())).toEqual(removed);
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('answers a DELETE of what has expired with 40001404', async () => {
    const { record, release, remove } = named('expired');
    await record();
    replica.clock.advance(600_000);
    expect(outcome(await release())).toEqual(removed);
    expect(outcome(await remove())).toEqual(removed);
  });

  it('answers a late retry of an ended life with 40001000, and lets a new life begin', async () => {
    const { record, remove, counts } = named('late');
    await record({ timestamp: 7 });
    await remove();
    expect(outcome(await record({ timestamp: 7 }))).toEqual(duplicate);
    expect(await counts()).toEqual([0, 0, 0]);
    expect(outcome(await record({ timestamp: 8 }))).toEqual(success);
    expect(await counts()).toEqual([1, 1, 5]);
    await remove();
    expect(outcome(await record())).toEqual(success);
    expect(await counts()).toEqual([1, 1, 5]);
  });

  it('answers 200 to a removal before its POST, 40001404 to its repeat, and 200 to the POST', async () => {
    const { record, release, remove, counts } = named('early');
    expect(outcome(await remove())).toEqual(success);
    expect(outcome(await remove())).toEqual(removed);
    expect(outcome(await release())).toEqual(removed);
    expect(outcome(await record({ timestamp: 7 }))).toEqual(success);
    expect(outcome(await record({ timestamp: 7 }))).toEqual(duplicate);
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('answers 200 to a release before its POST, to its repeat, and to the POST', async () => {
    const { record, release, counts } = named('early-release');
    expect(outcome(await release())).toEqual(success);
    expect(outcome(await release())).toEqual(success);
    expect(outcome(await record())).toEqual(success);
    expect(outcome(await record())).toEqual(duplicate);
    expect(await counts()).toEqual([1, 0, 0]);
  });
});
