import type { CallResult, ClusterLoad } from './answer.js';
import { Books, type Page } from './books.js';
import type { Clock } from './clock.js';
import type { EngineChoice } from './engine-choice.js';
import { noLoad, type EngineLoad } from './engines.js';
import type { LoadApi } from './load-api.js';
import type { Call, Step } from './schedule.js';
import type { Statistics } from './statistics.js';
import type { TraceRequest } from './trace/trace-request.js';

/** What a gateway works with. */
export interface GatewayOptions {
  readonly api: Pick<LoadApi, 'query' | 'record' | 'release' | 'remove'>;
  readonly engines: readonly string[];
  readonly choice: EngineChoice;
  readonly statistics: Statistics;
  readonly clock: Clock;
  /** Makes the ids of this run's requests unlike those of any other: an id is one request everywhere. */
  readonly idPrefix: string;
  /** Called when the last call of a request is over, with how many that were so far. */
  readonly onFinished: (finishedRequests: number) => void;
}

/** A request under way. */
interface Life {
  readonly requestId: string;
  readonly request: TraceRequest;
  /** Its engine, from the query on. */
  engine: number;
  /** Its page in the books, from the record on. */
  page?: Page;
  /** Settles when its last call so far is over. */
  last: Promise<void>;
}

/**
 * Makes the calls of requests, each request's own calls one after the other, and compares every answer with
 * the books. A call that fails is counted, and its request goes on: a removal ends what an add may have begun.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #books: Books;
  readonly #lives = new Map<number, Life>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#books = new Books(options.engines.length);
  }

  /** Makes the call of `step` once its request's earlier calls are over; resolves when it is over too. Never rejects. */
  perform(step: Step): Promise<void> {
    const life = this.#lifeOf(step);
    if (step.call === 'remove') this.#lives.delete(step.index);
    life.last = this.#performAfter(life.last, step.call, life);
    return life.last;
  }

  /** Resolves when the request of `step` has no call under way. */
  async previousCallOf(step: Step): Promise<void> {
    await this.#lives.get(step.index)?.last;
  }

  /** Asks for the load outside of any request, and compares. Neither a call of the trace nor timed. */
  async check(): Promise<CallResult<readonly EngineLoad[]>> {
    const result = await this.#ask(() => this.#options.api.query());
    if (!result.ok) this.#options.statistics.countError('query', result.reason);
    return result;
  }

  readonly #callFor: Readonly<Record<Call, (life: Life) => Promise<void>>> = {
    query: async (life) => {
      const { api, choice, engines, statistics } = this.#options;
      const answer = await this.#ask(() => this.#timed('query', () => api.query()));
      if (answer.ok) statistics.countSpread(answer.value);
      // Without an answer any engine will do.
      life.engine = choice.choose(answer.ok ? answer.value : engines.map(() => noLoad), life.request);
    },
    record: async (life) => {
      const { api, engines, clock } = this.#options;
      const promptLength = life.request.inputTokens;
      const record = {
        requestId: life.requestId,
        ip: engines[life.engine] ?? '',
        promptLength,
        timestampNs: clock.unixNs(),
      };
      const page = this.#books.open(life.engine, promptLength);
      life.page = page;
      page.recordSent();
      const { ok } = await this.#timed('record', () => api.record(record));
      if (ok) page.recordAcknowledged();
    },
    release: async ({ requestId, page }) => {
      page?.releaseSent();
      const { ok } = await this.#timed('release', () => this.#options.api.release(requestId));
      if (ok) page?.releaseAcknowledged();
    },
    remove: async ({ requestId, page }) => {
      page?.removeSent();
      const { ok } = await this.#timed('remove', () => this.#options.api.remove(requestId));
      if (ok) page?.removeAcknowledged();
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

  async #performAfter(previous: Promise<void>, call: Call, life: Life): Promise<void> {
    await previous;
    await this.#callFor[call](life);
    if (call !== 'remove') return;
    const { statistics, onFinished } = this.#options;
    statistics.countFinishedRequest();
    onFinished(statistics.finishedRequests);
  }

  #lifeOf({ index, request }: Step): Life {
    const known = this.#lives.get(index);
    if (known !== undefined) return known;
    const requestId = `${this.#options.idPrefix}-${index}`;
    const life: Life = { requestId, request, engine: 0, last: Promise.resolve() };
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
