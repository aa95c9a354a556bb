import type { RequestRecord } from './inference-request.js';

/** The load of one engine, as a router asks for it. */
export interface EngineLoad {
  /** IPv4 address. */
  readonly ip: string;
  /** Requests sent and not yet over. */
  readonly queuedCount: number;
  /** Requests whose first token has not been seen. */
  readonly prefillCount: number;
  /** Sum of the prompt lengths of the requests in prefill. */
  readonly promptLength: number;
  /** Unix time in microseconds of the last change of a count. */
  readonly updatedUs: number;
  /** Grows with every change of a count. */
  readonly version: number;
}

/** Counts of one engine. They follow from the request table and are never sent or merged. */
export class EngineStats implements EngineLoad {
  #queuedCount = 0;
  #prefillCount = 0;
  #promptLength = 0;
  #updatedUs = 0;
  #version = 0;

  /** @param number by which the request table names it, as long as it is known */
  constructor(
    readonly number: number,
    readonly cluster: string,
    readonly ip: string,
  ) {}

  get queuedCount(): number {
    return this.#queuedCount;
  }

  get prefillCount(): number {
    return this.#prefillCount;
  }

  get promptLength(): number {
    return this.#promptLength;
  }

  get updatedUs(): number {
    return this.#updatedUs;
  }

  get version(): number {
    return this.#version;
  }

  /** A request begins to count. */
  add(record: RequestRecord, released: boolean, unixUs: number): void {
    this.#queuedCount++;
    if (!released) {
      this.#prefillCount++;
      this.#promptLength += record.promptLength;
    }
    this.#updatedUs = unixUs;
    this.#version++;
  }

  /** A request that was added with the same record and release stops counting. */
  subtract(record: RequestRecord, released: boolean, unixUs: number): void {
    if (this.#queuedCount === 0)
      throw new Error(`engine ${this.ip} of ${this.cluster} has no request to subtract`);
    this.#queuedCount--;
    if (!released) {
      this.#prefillCount--;
      this.#promptLength -= record.promptLength;
    }
    this.#updatedUs = unixUs;
    this.#version++;
  }
}
