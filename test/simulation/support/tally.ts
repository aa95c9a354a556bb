import type { RunResult } from './simulate.js';

/** What runs have shown, for people. */
export class Tally {
  runs = 0;
  calls = 0;
  trueRuns = 0;
  /** By bound in ms: runs that were held to it. */
  readonly byBound = new Map<number, number>();

  add({ calls, isTruthKnown, boundMs }: Pick<RunResult, 'calls' | 'isTruthKnown' | 'boundMs'>): void {
    this.runs++;
    this.calls += calls;
    if (isTruthKnown) this.trueRuns++;
    this.byBound.set(boundMs, (this.byBound.get(boundMs) ?? 0) + 1);
  }

  text(): string {
    const bounds = [...this.byBound]
      .sort(([a], [b]) => a - b)
      .map(([ms, runs]) => `${runs} within ${ms / 1_000} s`);
    return `${this.runs} runs with ${this.calls} calls: replicas agreed in ${bounds.join(', in ')} of peace; ${this.trueRuns} were held to the truth`;
  }
}
