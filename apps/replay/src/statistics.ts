import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Comparison } from './books.js';
import { describeDifference } from './difference.js';
import type { EngineLoad } from './engines.js';
import { callKinds, type Call } from './schedule.js';

/** How many errors, and how many differences, are kept in words; all are counted. */
const keptLines = 10;

/** How many requests in doubt are kept by their ids; all are counted. */
const keptDoubts = 100;

/** What is counted of one kind of call. */
export interface CallFigures {
  readonly calls: number;
  readonly errors: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** What was counted of prefixes at the choice of engines. */
export interface PrefixFigures {
  /** Requests with prefixes. */
  readonly requests: number;
  /** Those of them of which the chosen engine held at least one block. */
  readonly hits: number;
  /** Blocks of all their prompts. */
  readonly blocks: number;
  /** How many of these the chosen engines held. */
  readonly hitBlocks: number;
}

/** The share of blocks that the chosen engines held, 0 to 1. */
export function hitRatioOf({ blocks, hitBlocks }: PrefixFigures): number {
  return blocks === 0 ? 0 : hitBlocks / blocks;
}

/** What a replay counts. Takes the same memory however long it runs. */
export class Statistics {
  readonly #latencies: Readonly<Record<Call, RecordableHistogram>> = {
    locate: createHistogram(),
    query: createHistogram(),
    record: createHistogram(),
    release: createHistogram(),
    remove: createHistogram(),
    save: createHistogram(),
  };
  readonly #errors: Record<Call, number> = { locate: 0, query: 0, record: 0, release: 0, remove: 0, save: 0 };
  readonly #errorLines: string[] = [];
  readonly #differenceLines: string[] = [];
  #errorsInARow = 0;
  #finishedRequests = 0;
  #troubledRequests = 0;
  #doubts = 0;
  readonly #doubtedIds: string[] = [];
  #comparisons = 0;
  #exactComparisons = 0;
  #differences = 0;
  #spreads = 0;
  #spreadSum = 0;
  #largestSpread = 0;
  #prefixes: { -readonly [name in keyof PrefixFigures]: number } = {
    requests: 0,
    hits: 0,
    blocks: 0,
    hitBlocks: 0,
  };
  #largestDelayMs = 0;
  #arrivals = 0;
  #firstArrivalMs = 0;
  #lastArrivalMs = 0;

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

  /** The last call of a request came back; `troubled` tells whether one of its calls failed. */
  countFinishedRequest(troubled: boolean): void {
    this.#finishedRequests++;
    if (troubled) this.#troubledRequests++;
  }

  /** The removal of a request failed: the service may hold it for removed or not. */
  countDoubt(requestId: string): void {
    this.#doubts++;
    if (this.#doubtedIds.length < keptDoubts) this.#doubtedIds.push(requestId);
  }

  /** A request's first call started at this instant. */
  countArrival(nowMs: number): void {
    if (this.#arrivals++ === 0) this.#firstArrivalMs = nowMs;
    this.#lastArrivalMs = nowMs;
  }

  /** An answer was compared with the books. `engines` gives the addresses for the words. */
  countComparison({ differences, exact }: Comparison, engines: readonly string[]): void {
    this.#comparisons++;
    if (exact) this.#exactComparisons++;
    for (const difference of differences) {
      const kept = this.#differenceLines.length >= keptLines;
      // A service that is wrong may be so thousands of times a second.
      if (kept) this.#differences++;
      else this.countDifference(`answer ${this.#comparisons}: ${describeDifference(difference, engines)}`);
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

  /** An engine was chosen for a prompt of so many blocks, so many of which it held. */
  countPrefixes(blocks: number, hitBlocks: number): void {
    this.#prefixes.requests++;
    if (hitBlocks > 0) this.#prefixes.hits++;
    this.#prefixes.blocks += blocks;
    this.#prefixes.hitBlocks += hitBlocks;
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

  /** Requests of which some call failed. */
  get troubledRequests(): number {
    return this.#troubledRequests;
  }

  /** Requests whose removal failed. */
  get doubts(): number {
    return this.#doubts;
  }

  /** The ids of the first of these. */
  get doubtedIds(): readonly string[] {
    return this.#doubtedIds;
  }

  /** At what rate requests began, in requests per second; undefined until there were two of them. */
  get reachedRatePerS(): number | undefined {
    const spanMs = this.#lastArrivalMs - this.#firstArrivalMs;
    return this.#arrivals < 2 ? undefined : ((this.#arrivals - 1) * 1000) / Math.max(spanMs, 1e-3);
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

  get prefixes(): PrefixFigures {
    return this.#prefixes;
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
