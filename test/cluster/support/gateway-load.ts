import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AigwClient, type ClientFigures } from './aigw-client.js';
import { type Counts, Tally } from './counts.js';

/** How a load ended. */
export interface LoadEnd {
  /** What all replicas must count now. */
  readonly truth: Counts;
  /** When the last call was acknowledged. */
  readonly lastCallMs: number;
  readonly requests: number;
  readonly figures: ClientFigures;
}

interface Request {
  readonly id: string;
  readonly cluster: string;
  readonly ip: string;
  readonly promptLength: number;
  readonly timestampNs: bigint;
  /** How it stands when the load ends. */
  readonly end: 'removed' | 'released' | 'in-prefill';
}

const clusterCount = 8;
const engineCount = 6;
const periodMs = 20;
const longestPrefillMs = 300;
const longestDecodeMs = 900;
/** Some four times as many as there are where replicas answer in time: a machine that is behind gets no more. */
const mostUnderWay = 200;

/**
 * Gateways under way: requests begin at a steady rate, lose their prompt and end, each call on time whatever became
 * of those before, as AIGW's workers send them. One in ten is still there at the end, so that there is something to
 * count. What all replicas must say then is exact, because every call is repeated until one of them has taken it.
 */
export class GatewayLoad implements AsyncDisposable {
  readonly clusters = Array.from({ length: clusterCount }, (_, index) => `cluster-${index}-${randomUUID()}`);
  readonly #client: AigwClient;
  readonly #requests: Request[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #done: Promise<void>;
  #isEnding = false;
  #lastCallMs = 0;

  private constructor(urls: readonly string[], ratePerS: number) {
    this.#client = new AigwClient(urls);
    this.#done = this.#run(ratePerS);
  }

  /** @param ratePerS inference requests in a second; three calls each */
  static start(urls: readonly string[], ratePerS = 80): GatewayLoad {
    return new GatewayLoad(urls, ratePerS);
  }

  /** Begins no more requests, and waits until all calls are made. */
  async end(): Promise<LoadEnd> {
    this.#isEnding = true;
    await this.#done;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    if (this.#failures.length > 0) throw this.#failures[0];
    const truth = new Tally();
    for (const { cluster, ip, promptLength, end } of this.#requests)
      if (end !== 'removed') truth.add(cluster, ip, promptLength, end === 'in-prefill');
    return {
      truth: truth.counts,
      lastCallMs: this.#lastCallMs,
      requests: this.#requests.length,
      figures: this.#client.figures,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    await this.#client[Symbol.asyncDispose]();
  }

  async #run(ratePerS: number): Promise<void> {
    let due = 0;
    let lookedMs = performance.now();
    while (!this.#isEnding) {
      const nowMs = performance.now();
      due += ((nowMs - lookedMs) / 1000) * ratePerS;
      lookedMs = nowMs;
      for (; due >= 1; due--) if (this.#underWay.size < mostUnderWay) this.#begin();
      await sleep(periodMs);
    }
  }

  #begin(): void {
    const number = this.#requests.length;
    const request: Request = {
      id: randomUUID(),
      cluster: this.clusters[number % clusterCount]!,
      ip: `10.0.0.${1 + Math.floor(Math.random() * engineCount)}`,
      promptLength: 1 + Math.floor(Math.random() * 4_000),
      timestampNs: BigInt(Date.now()) * 1_000_000n + BigInt(number),
      end: number % 20 === 0 ? 'released' : number % 20 === 10 ? 'in-prefill' : 'removed',
    };
    this.#requests.push(request);
    const life = this.#live(request).catch((error: unknown) => void this.#failures.push(error));
    this.#underWay.add(life);
    void life.then(() => this.#underWay.delete(life));
  }

  async #live(request: Request): Promise<void> {
    const recorded = this.#call('POST', '/v1/load/stats', request);
    if (request.end === 'in-prefill') return recorded;
    const prefillMs = Math.random() * longestPrefillMs;
    const released = this.#callIn(prefillMs, '/v1/load/prompt', request);
    const removed =
      request.end === 'removed' &&
      this.#callIn(prefillMs + Math.random() * longestDecodeMs, '/v1/load/stats', request);
    await Promise.all([recorded, released, removed]);
  }

  async #callIn(delayMs: number, path: string, request: Request): Promise<void> {
    await sleep(delayMs);
    await this.#call('DELETE', path, request);
  }

  async #call(method: 'POST' | 'DELETE', path: string, request: Request): Promise<void> {
    const { id, cluster, ip, promptLength, timestampNs } = request;
    const isRecord = method === 'POST';
    const fields = isRecord
      ? `"cluster":"${cluster}","ip":"${ip}","prompt_length":${promptLength},"timestamp":${timestampNs}`
      : '"cluster":"","ip":""';
    const body = `{"request_id":"${id}",${fields}}`;
    await this.#client.call({ key: isRecord ? cluster : '', method, path, body });
    this.#lastCallMs = performance.now();
  }
}
