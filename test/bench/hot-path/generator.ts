import type { Call } from './calls.ts';

export interface FullLoadPlan {
  readonly url: string;
  readonly calls: readonly Call[];
  /** The number of the first request. */
  readonly first: number;
  readonly connections: number;
  readonly seconds: number;
  readonly cores: string | undefined;
}

export interface FullLoad {
  /** Those that were answered. */
  readonly calls: number;
  readonly callsPerSecond: number;
}

export const generatorNames = ['wrk', 'autocannon'] as const;
export type GeneratorName = (typeof generatorNames)[number];

/** A program that sends calls as fast as they are answered. */
export interface LoadGenerator {
  readonly name: GeneratorName;
  readonly version: string;
  /**
   * Loads a server with the calls in turn, each round of them with the next number, each connection with one call at a
   * time.
   *
   * @throws Error where a connection broke, more or fewer calls failed than were bad, or none was answered
   */
  load(plan: FullLoadPlan): Promise<FullLoad>;
}

/** A call that takes longer has failed, whichever program sent it. */
export const answerTimeoutSeconds = 10;
