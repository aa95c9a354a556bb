import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.js';
import type { CallResult } from './call-result.js';
import { Gateway } from './gateway.js';
import { noLoad } from './engines.js';
import { callKinds, type Call } from './schedule.js';
import { Statistics } from './statistics.js';
import type { TraceRequest } from './trace/trace-request.js';

const done: CallResult<unknown> = { ok: true, value: null };
const bareRequest: TraceRequest = { arrivalMs: 0, inputTokens: 5, outputTokens: 1 };
const promptRequest = { ...bareRequest, hashIds: Uint32Array.of(1, 2, 3) };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A gateway whose calls are answered when the test says so. */
class Desk {
  readonly sent: string[] = [];
  readonly statistics = new Statistics();
  readonly #answers: (() => void)[] = [];
  readonly gateway: Gateway;

  constructor(
    stalenessMs?: number,
    private readonly request = bareRequest,
  ) {
    const wait = <T>(name: string, result: T): Promise<T> => {
      this.sent.push(name);
      return new Promise((resolve) => this.#answers.push(() => resolve(result)));
    };
    const load = { ok: true, value: { loads: [noLoad], strangers: [] } } as const;
    this.gateway = new Gateway({
      api: {
        query: () => wait('query', load),
        queryAt: () => wait('queryAt', load),
        record: () => wait('record', done),
        release: () => wait('release', done),
        remove: () => wait('remove', done),
      },
      cache: {
        locate: () => wait('locate', { ok: true, value: { held: new Map([[0, 2]]), oddities: [] } }),
        save: () => wait('save', done),
      },
      cluster: 'c',
      engines: ['10.0.0.1'],
      choice: { choose: () => 0 },
      statistics: this.statistics,
      clock: new ManualClock(),
      idPrefix: 'run',
      nextTimestampNs: () => 1n,
      ...(stalenessMs !== undefined && { stalenessMs }),
      onFinished: () => undefined,
    });
  }

  perform(call: Call): void {
    void this.gateway.perform({ index: 0, call, request: this.request, dueMs: 0 });
  }

  /** Answers the call that was sent first of those that wait. */
  async answer(): Promise<void> {
    this.#answers.shift()?.();
    await settled();
  }
}

describe('Gateway', () => {
  it('makes the calls of a request one after the other where one replica answers', async () => {
    const desk = new Desk();
    for (const call of ['query', 'record', 'release', 'remove'] as const) desk.perform(call);
    for (const sent of [['query'], ['query', 'record'], ['query', 'record', 'release']]) {
      await settled();
      expect(desk.sent).toEqual(sent);
      await desk.answer();
    }
    expect(desk.statistics.finishedRequests).toBe(0);
    await desk.answer();
    expect(desk.statistics.finishedRequests).toBe(1);
  });

  it('sends deletes without waiting for answers where several do, but never before their record', async () => {
    const desk = new Desk(3000);
    for (const call of ['query', 'record', 'release', 'remove'] as const) desk.perform(call);
    await settled();
    expect(desk.sent).toEqual(['query']);
    await desk.answer();
    expect(desk.sent).toEqual(['query', 'record', 'release', 'remove']);
    for (const finished of [0, 0, 1]) {
      await desk.answer();
      expect(desk.statistics.finishedRequests).toBe(finished);
    }
  });

  it('asks for prefixes before the load and saves them at the end, one call after the other', async () => {
    const desk = new Desk(undefined, promptRequest);
    for (const call of callKinds) desk.perform(call);
    for (let sent = 1; sent <= callKinds.length; sent++) {
      await settled();
      expect(desk.sent).toEqual(callKinds.slice(0, sent));
      expect(desk.statistics.finishedRequests).toBe(0);
      await desk.answer();
    }
    expect(desk.statistics.finishedRequests).toBe(1);
    expect(desk.statistics.prefixes).toEqual({ requests: 1, hits: 1, blocks: 3, hitBlocks: 2 });
  });

  it('saves prefixes without waiting for the answers of deletes where several do', async () => {
    const desk = new Desk(3000, promptRequest);
    for (const call of callKinds) desk.perform(call);
    await settled();
    await desk.answer();
    expect(desk.sent).toEqual(['locate', 'query']);
    await desk.answer();
    expect(desk.sent).toEqual(callKinds);
    for (const finished of [0, 0, 0, 1]) {
      await desk.answer();
      expect(desk.statistics.finishedRequests).toBe(finished);
    }
  });
});
