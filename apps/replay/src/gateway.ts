import type { ClusterLoad } from './answer.js';
import { Books, type Page } from './books.js';
import type { CacheApi } from './cache-api.js';
import type { CallResult } from './call-result.js';
import type { EngineChoice } from './choice/engine-choice.js';
import type { Clock } from './clock.js';
import { describeDifference } from './difference.js';
import { noLoad, type EngineLoad } from './engines.js';
import type { LoadApi } from './load-api.js';
import { noneHeld, type HeldBlocks } from './locations.js';
import { lastCallOf, type Call, type Step } from './schedule.js';
import type { Statistics } from './statistics.js';
import type { HashIds } from './trace/hash-ids.js';
import type { TraceRequest } from './trace/trace-request.js';

/** What a gateway works with. */
export interface GatewayOptions {
  readonly api: Pick<LoadApi, 'query' | 'queryAt' | 'record' | 'release' | 'remove'>;
  readonly cache: Pick<CacheApi, 'locate' | 'save'>;
  readonly cluster: string;
  readonly engines: readonly string[];
  readonly choice: EngineChoice;
  readonly statistics: Statistics;
  readonly clock: Clock;
  /** Makes the ids of this run's requests unlike those of any other: an id is one request everywhere. */
  readonly idPrefix: string;
  /** Unix nanoseconds, none given twice: by them the service tells a late retry from a new request. */
  readonly nextTimestampNs: () => bigint;
  /**
   * How long replicas may be without what another acknowledged. Where given, there are several, and deletes
   * and saves are sent when they are due, as AIGW's workers do, whether or not the calls before them were answered.
   */
  readonly stalenessMs?: number;
  /** Called when the last call of a request is over, with how many that were so far. */
  readonly onFinished: (finishedRequests: number) => void;
}

/** What one replica says of a cluster, and what of it can't be right. */
export interface View {
  readonly loads: readonly EngineLoad[];
  /** In words. */
  readonly differences: readonly string[];
}

/** For a check nobody is in a hurry. */
const checkTimeoutMs = 10_000;

/** What follows the record of a request. */
const endCalls: ReadonlySet<Call> = new Set<Call>(['release', 'remove', 'save']);

/** A request under way. */
interface Life {
  readonly requestId: string;
  readonly request: TraceRequest;
  /** What the engines hold of its prompt, from the answer to the choice. */
  held: HeldBlocks;
  /** Its engine, from the query on. */
  engine: number;
  /** Its page in the books, from the record on. */
  page?: Page;
  /** Settles when its record was sent. */
  readonly recorded: PromiseWithResolvers<void>;
  /** Settles when its calls so far are over. */
  last: Promise<void>;
  /** Whether one of its calls failed. */
  troubled: boolean;
}

/**
 * Makes the calls of requests and compares every answer with the books. A call that fails is counted, and its
 * request goes on: a removal ends what an add may have begun, and what prefix caches hold is a hint.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #books: Books;
  readonly #lives = new Map<number, Life>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { clock, engines, stalenessMs } = options;
    const staleness =
      stalenessMs === undefined ? undefined : { lagMs: stalenessMs, nowMs: () => clock.nowMs() };
    this.#books = new Books(engines.length, staleness);
  }

  /** The cluster that it chooses engines of. */
  get cluster(): string {
    return this.#options.cluster;
  }

  /** Makes the call of `step` when its request is that far; resolves when it is over. Never rejects. */
  perform({ index, call, request }: Step): Promise<void> {
    const life = this.#lifeOf(index, request);
    const isLast = call === lastCallOf(request);
    if (isLast) this.#lives.delete(index);
    const before = this.#mayOvertake(call) ? life.recorded.promise : life.last;
    const made = this.#performAfter(before, call, life);
    life.last = before === life.last ? made : both(life.last, made);
    if (isLast) life.last = this.#finishAfter(life.last, life);
    return life.last;
  }

  /** Resolves when the request of `step` has no call under way. */
  async previousCallOf(step: Step): Promise<void> {
    await this.#lives.get(step.index)?.last;
  }

  /**
   * Asks for the load outside of any request, and compares. Neither a call of the trace nor timed.
   *
   * @param place of the replica to be asked; without it the one that a gateway would ask
   */
  async check(place?: number): Promise<CallResult<readonly EngineLoad[]>> {
    const { api, statistics } = this.#options;
    const result = await this.#ask(() =>
      place === undefined ? api.query() : api.queryAt(place, checkTimeoutMs),
    );
    if (!result.ok) statistics.countError('query', result.reason);
    return result;
  }

  /**
   * Asks one replica, by its place, once every call is over and every replica must have heard of everything.
   * Counts nothing.
   */
  async viewAt(place: number, timeoutMs: number): Promise<CallResult<View>> {
    const { api, engines } = this.#options;
    const question = this.#books.askAtTheEnd();
    const result = await api.queryAt(place, timeoutMs);
    if (!result.ok) return result;
    const { loads, strangers } = result.value;
    const found = question.compare(loads).differences.map((each) => describeDifference(each, engines));
    return { ok: true, value: { loads, differences: [...found, ...strangers] } };
  }

  readonly #callFor: Readonly<Record<Call, (life: Life) => Promise<void>>> = {
    locate: async (life) => {
      const { cache, statistics } = this.#options;
      const answer = await this.#timed('locate', () => cache.locate(hashIdsOf(life)));
      if (!answer.ok) {
        life.troubled = true;
        return;
      }
      life.held = answer.value.held;
      for (const oddity of answer.value.oddities) statistics.countDifference(oddity);
    },
    query: async (life) => {
      const { api, choice, engines, statistics } = this.#options;
      const answer = await this.#ask(() => this.#timed('query', () => api.query()));
      if (answer.ok) statistics.countSpread(answer.value);
      else life.troubled = true;
      // Without an answer any engine will do.
      const loads = answer.ok ? answer.value : engines.map(() => noLoad);
      const { request, held } = life;
      life.engine = choice.choose(loads, request, held);
      // An answer may list a thousand engines, and a request lasts for minutes.
      life.held = noneHeld;
      if (request.hashIds !== undefined)
        statistics.countPrefixes(request.hashIds.length, held.get(life.engine) ?? 0);
    },
    record: async (life) => {
      const { api, engines, nextTimestampNs } = this.#options;
      const promptLength = life.request.inputTokens;
      const record = {
        requestId: life.requestId,
        ip: engines[life.engine] ?? '',
        promptLength,
        timestampNs: nextTimestampNs(),
      };
      const page = this.#books.open(life.engine, promptLength);
      life.page = page;
      page.recordSent();
      const answer = this.#timed('record', () => api.record(record));
      life.recorded.resolve();
      const { ok } = await answer;
      if (ok) page.recordAcknowledged();
      else life.troubled = true;
    },
    release: async (life) => {
      life.page?.releaseSent();
      const { ok } = await this.#timed('release', () => this.#options.api.release(life.requestId));
      if (ok) life.page?.releaseAcknowledged();
      else life.troubled = true;
    },
    remove: async (life) => {
      life.page?.removeSent();
      const { ok } = await this.#timed('remove', () => this.#options.api.remove(life.requestId));
      if (ok) life.page?.removeAcknowledged();
      else {
        life.troubled = true;
        this.#options.statistics.countDoubt(life.requestId);
      }
    },
    save: async (life) => {
      const { cache, engines } = this.#options;
      const ip = engines[life.engine] ?? '';
      const { ok } = await this.#timed('save', () => cache.save(ip, hashIdsOf(life)));
      if (!ok) life.troubled = true;
    },
  };

  async #ask(query: () => Promise<CallResult<ClusterLoad>>): Promise<CallResult<readonly EngineLoad[]>> {
    const { engines, statistics } = this.#options;
    const question = this.#books.ask();
    const result = await query();
    if (!result.ok) return result;
    const { loads, strangers } = result.value;
    statistics.countComparison(question.compare(loads), engines);
    for (const stranger of strangers) statistics.countDifference(stranger);
    return { ok: true, value: loads };
  }

  #mayOvertake(call: Call): boolean {
    return this.#options.stalenessMs !== undefined && endCalls.has(call);
  }

  async #performAfter(before: Promise<void>, call: Call, life: Life): Promise<void> {
    await before;
    await this.#callFor[call](life);
  }

  async #finishAfter(last: Promise<void>, life: Life): Promise<void> {
    await last;
    const { statistics, onFinished } = this.#options;
    statistics.countFinishedRequest(life.troubled);
    onFinished(statistics.finishedRequests);
  }

  #lifeOf(index: number, request: TraceRequest): Life {
    const known = this.#lives.get(index);
    if (known !== undefined) return known;
    const requestId = `${this.#options.idPrefix}-${index}`;
    const recorded = Promise.withResolvers<void>();
    const last = Promise.resolve();
    const life: Life = { requestId, request, held: noneHeld, engine: 0, recorded, last, troubled: false };
    this.#lives.set(index, life);
    return life;
  }

  async #timed<T>(call: Call, make: () => Promise<CallResult<T>>): Promise<CallResult<T>> {
    const { clock, statistics } = this.#options;
    const startedMs = clock.nowMs();
    const result = await make();
    const latencyUs = (clock.nowMs() - startedMs) * 1000;
    statistics.countCall(call, latencyUs, result.ok ? undefined : result.reason);
    return result;
  }
}

function hashIdsOf({ request: { hashIds } }: Life): HashIds {
  if (hashIds === undefined) throw new RangeError('a request without prefixes has no calls about them');
  return hashIds;
}

async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await one;
  await other;
}
