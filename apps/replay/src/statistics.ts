import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Comparison, Quantity } from './books.js';
import type { EngineLoad } from './engines.js';
import { callKinds, type Call } from './schedule.js';

/** How many errors, and how many differences, are kept in words; all are counted. */
const keptLines = 10;

/** The answer's own names. */
const answerFields: Readonly<Record<Quantity, string>> = {
  queuedRequests: 'queued_req_num',
  prefillRequests: 'prefill_req_num',
  promptLength: 'prompt_length',
};

/** What is counted of one kind of call. */
export interface CallFigures {
  readonly calls: number;
  readonly errors: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** What a replay counts. Takes the same memory however long it runs. */
export class Statistics {
  readonly #latencies: Readonly<Record<Call, RecordableHistogram>> = {
    query: createHistogram(),
    record: createHistogram(),
    release: createHistogram(),
    remove: createHistogram(),
  };
  readonly #errors: Record<Call, number> = { query: 0, record: 0, release: 0, remove: 0 };
  readonly #errorLines: string[] = [];
  readonly #differenceLines: string[] = [];
  #errorsInARow = 0;
  #finishedRequests = 0;
  #comparisons = 0;
  #exactComparisons = 0;
  #differences = 0;
  #spreads = 0;
  #spreadSum = 0;
  #largestSpread = 0;
  #largestDelayMs = 0;

  /** A call of the trace is over after `latencyUs`; `failure` says why it failed, if it did. */
  countCall(call: Call, latencyUs: number, failure?: string): void {
    this.#latencies[call].record(Math.max(1, Math.round(latencyUs)));
    if (failure === undefined) this.#errorsInARow = 0;
    else this.countError(call, failure);
  }

  /** A call was refused or got no proper answer. */
  countError(call: Call, reason: string): void {
    this.#errors[call]++;
    this.#errorsInARow++;
    keep(this.#errorLines, `error: ${call}: ${reason}`);
  }

  /** The last call of a request came back. */
  countFinishedRequest(): void {
    this.#finishedRequests++;
  }

  /** An answer was compared with the books. `engines` gives the addresses for the words. */
  countComparison({ differences, exact }: Comparison, engines: readonly string[]): void {
    this.#comparisons++;
    if (exact) this.#exactComparisons++;
    for (const { engine, quantity, answered, lower, upper } of differences) {
      const rule = lower === upper ? String(lower) : `${lower} to ${upper}`;
      this.countDifference(
        `answer ${this.#comparisons}: ${engines[engine]} ${answerFields[quantity]} is ${answered}, must be ${rule}`,
      );
    }
  }

  /** Something in an answer can't be right. */
  countDifference(description: string): void {
    this.#differences++;
    keep(this.#differenceLines, `difference: ${description}`);
  }

  /** Takes the spread of queued requests between the engines of one answer. */
  countSpread(loads: readonly EngineLoad[]): void {
    let fewest = Number.POSITIVE_INFINITY;
    let most = 0;
    for (const { queuedRequests } of loads) {
      fewest = Math.min(fewest, queuedRequests);
      most = Math.max(most, queuedRequests);
    }
    this.#spreads++;
    this.#spreadSum += most - fewest;
    this.#largestSpread = Math.max(this.#largestSpread, most - fewest);
  }

  /** A step started this long after it was due. */
  countDelay(delayMs: number): void {
    this.#largestDelayMs = Math.max(this.#largestDelayMs, delayMs);
  }

  /** The figures of one kind of call, latencies in microseconds. */
  figuresOf(call: Call): CallFigures {
    const latencies = this.#latencies[call];
    const calls = latencies.count;
    const [p50Us, p99Us, maxUs] =
      calls === 0 ? [0, 0, 0] : [latencies.percentile(50), latencies.percentile(99), latencies.max];
    return { calls, errors: this.#errors[call], p50Us, p99Us, maxUs };
  }

  get calls(): number {
    return callKinds.reduce((sum, call) => sum + this.#latencies[call].count, 0);
  }

  get errors(): number {
    return callKinds.reduce((sum, call) => sum + this.#errors[call], 0);
  }

  /** How many calls failed since the last one that did not. */
  get errorsInARow(): number {
    return this.#errorsInARow;
  }

  get differences(): number {
    return this.#differences;
  }

  get finishedRequests(): number {
    return this.#finishedRequests;
  }

  /** How many answers were compared with the books. */
  get comparisons(): number {
    return this.#comparisons;
  }

  /** How many of these had to be equal to the books in every count. */
  get exactComparisons(): number {
    return this.#exactComparisons;
  }

  get largestSpread(): number {
    return this.#largestSpread;
  }

  get meanSpread(): number {
    return this.#spreads === 0 ? 0 : this.#spreadSum / this.#spreads;
  }

  get largestDelayMs(): number {
    return this.#largestDelayMs;
  }

  /** The first errors and differences in words, a line each. */
  get problems(): readonly string[] {
    return [...this.#errorLines, ...this.#differenceLines];
  }
}

function keep(lines: string[], line: string): void {
  if (lines.length < keptLines) lines.push(line);
}
