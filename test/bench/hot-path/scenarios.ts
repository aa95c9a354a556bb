import { type Call, callOf } from './calls.ts';

/** Sent once before what is measured, with the numbers from 0 on. */
interface Prepared {
  readonly call: Call;
  readonly count: number;
}

/** What the service is measured beside: the bare server, or itself with less to hold. */
interface Yardstick {
  /** For the reader. */
  readonly name: string;
  readonly server: 'bare' | 'service';
  /** How many engines the bare server's `GET` tells of. */
  readonly engines: number;
  /** As for the service where undefined. */
  readonly prepared?: Prepared;
}

/** Something that is measured: which calls, of what state. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Sent in turn, each round of them with the next number. */
  readonly calls: readonly Call[];
  readonly connections: number;
  readonly prepared: Prepared | undefined;
  /** Must have been sent, outside what is measured, for every number that the calls use; then they are live. */
  readonly live: Call | undefined;
  readonly yardstick: Yardstick;
  /** Whether a service that answers these calls with 404 is only not that far, rather than wrong. */
  readonly isOptional: boolean;
  /** The most CPU time a call may take, as a ratio to the yardstick's. */
  readonly mostCpuRatio: number | undefined;
  /** The most that the 99th percentile of the latency may be at {@link offeredCallsPerSecond}. */
  readonly mostP99Ms: number | undefined;
}

/** The load at which latency is measured. */
export const offeredCallsPerSecond = 5_000;
/** Full load must be more for latency at the fixed one to tell of the server rather than of a queue. */
export const leastCallsPerSecond = 1.2 * offeredCallsPerSecond;

const cluster = 'llama-70b';
const usualConnections = 64;
/** So many requests lie between the calls of one request; more than there are connections. */
const lag = 100;
const chainLength = 200;
const sharedLength = 20;
const savedChains = 1_000;

const engine = '10.0.100.10{digit}';
const requestId = '4bf92f35-77b3-4da6-a3ce-{number}e0e';

/** A request begins. */
export const record = callOf('POST', '/v1/load/stats', recordBody({}));
const query = callOf('GET', `/v1/load/stats?cluster=${cluster}`);
const reference = `{"request_id":"${requestId}","cluster":"","ip":""}`;
const release = callOf('DELETE', '/v1/load/prompt', reference);
const remove = callOf('DELETE', '/v1/load/stats', reference);
/** The writes of each request. */
export const writes: readonly Call[] = [record, { ...release, lag }, { ...remove, lag: 2 * lag }];
/** One call of a request that stays: an engine of its own for each number, up to 10,000 of them. */
const newEngine = callOf('POST', '/v1/load/stats', recordBody({ id: 'stays-{number}', ip: '{address}' }));
/** One call of a request that stays, on the usual engines. */
const held = callOf('POST', '/v1/load/stats', recordBody({ id: 'held-{number}' }));
/** The same, of 1,000 requests in turn. */
const heldAgain = callOf('POST', '/v1/load/stats', recordBody({ id: 'held-{lane}' }));
const save = callOf(
  'POST',
  '/v1/cache/save',
  `{"cluster":"${cluster}","ip":"${engine}","prompt_hash":[${chain()}]}`,
);
const locate = callOf(
  'POST',
  '/v1/cache/query',
  `{"cluster":"${cluster}","prompt_hash":[${chain()}],"topk":10}`,
);

export const scenarios: readonly Scenario[] = [
  scenario('post', 'POST /v1/load/stats, each with an id of its own', [record], {
    mostCpuRatio: 1.2,
    mostP99Ms: 5,
  }),
  scenario('post-million', 'the same where 1,000,000 requests are live, beside 1,000', [record], {
    prepared: { call: held, count: 1_000_000 },
    yardstick: {
      name: 'service, 1,000 live',
      server: 'service',
      engines: 0,
      // As many calls: Node must have compiled as much.
      prepared: { call: heldAgain, count: 1_000_000 },
    },
    mostCpuRatio: 1.15,
    mostP99Ms: 5,
  }),
  scenario('cycle', 'GET (10 engines), POST, DELETE prompt and DELETE of each request', [query, ...writes], {
    prepared: { call: newEngine, count: 10 },
    yardstick: bare(10),
    mostP99Ms: 5,
  }),
  scenario('delete-prompt', 'DELETE /v1/load/prompt of live requests', [release], {
    live: record,
    mostCpuRatio: 1.2,
    mostP99Ms: 5,
  }),
  scenario('delete-stats', 'DELETE /v1/load/stats of live requests', [remove], {
    live: record,
    mostCpuRatio: 1.2,
    mostP99Ms: 5,
  }),
  queryOf(10, { mostCpuRatio: 1.1, mostP99Ms: 5 }),
  queryOf(1_000, { mostCpuRatio: 0.3 }),
  queryOf(10_000, {}),
  scenario(
    'cache-query',
    'POST /v1/cache/query with 200 hashes, 20 of them held by 10 engines, all by one',
    [locate],
    {
      prepared: { call: save, count: savedChains },
      isOptional: true,
      mostP99Ms: 5,
    },
  ),
  scenario('cache-save', 'POST /v1/cache/save with 200 hashes, of 1,000 chains in turn', [save], {
    isOptional: true,
    mostP99Ms: 5,
  }),
  scenario('bad-input', 'POST /v1/load/stats, a tenth of them with a bad body', withBadInput(), {
    mostP99Ms: 5,
  }),
  scenario('connections-1000', 'POST /v1/load/stats over 1,000 connections', [record], {
    connections: 1_000,
    mostP99Ms: 5,
  }),
];

function scenario(name: string, about: string, calls: readonly Call[], traits: Partial<Scenario>): Scenario {
  return {
    name,
    about,
    calls,
    connections: usualConnections,
    prepared: undefined,
    live: undefined,
    yardstick: bare(0),
    isOptional: false,
    mostCpuRatio: undefined,
    mostP99Ms: undefined,
    ...traits,
  };
}

function bare(engines: number): Yardstick {
  return { name: 'bare', server: 'bare', engines };
}

function queryOf(engines: number, bars: Partial<Scenario>): Scenario {
  const count = engines.toLocaleString('en-US');
  return scenario(
    `get-${engines}`,
    `GET /v1/load/stats of ${count} engines, none of which changes`,
    [query],
    {
      prepared: { call: newEngine, count: engines },
      yardstick: bare(engines),
      ...bars,
    },
  );
}

function withBadInput(): readonly Call[] {
  const badBodies = [
    recordBody({}).slice(0, -1),
    recordBody({}).replace(`"request_id":"${requestId}",`, ''),
    recordBody({}).replace(`"${requestId}"`, '1'),
  ];
  const isBad = (nth: number): boolean => nth % 10 === 9;
  return Array.from({ length: 10 * badBodies.length }, (_, nth) => {
    const body = isBad(nth) ? badBodies[Math.floor(nth / 10)]! : recordBody({ id: `${nth}-${requestId}` });
    return callOf('POST', '/v1/load/stats', body, { status: isBad(nth) ? 400 : 200 });
  });
}

function recordBody({ id = requestId, ip = engine }: { id?: string; ip?: string }): string {
  return `{"cluster":"${cluster}","request_id":"${id}","ip":"${ip}","prompt_length":512,"timestamp":1763851234{number}}`;
}

/**
 * A chain of hashes of 64 bits: the first are those of every chain, the others of its lane. They are beyond 2^53, and
 * yet differ where a server rounds them.
 */
function chain(): string {
  return Array.from({ length: chainLength }, (_, index) => {
    const digits = BigInt.asUintN(64, BigInt(index + 1) * 0x9e37_79b9_7f4a_7c15n)
      .toString()
      .padStart(20, '0')
      .slice(5);
    return index < sharedLength ? `2345${digits}` : `{lane}${digits}`;
  }).join(',');
}
