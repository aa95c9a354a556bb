import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** One call: what AIGW hashes to choose a replica, and what it sends. */
export interface ClientCall {
  readonly key: string;
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body: string;
}

/** How a client's calls went. */
export interface ClientFigures {
  readonly calls: number;
  readonly attempts: number;
  /** Calls whose first two attempts failed: AIGW would have given them up. */
  readonly failedCalls: number;
}

const timeoutMs = 100;
const giveUpMs = 90_000;
/** Beyond what AIGW does there is no hurry: replicas on a machine that is behind must be able to catch up. */
const patience = { pauseMs: 100, timeoutMs: 3_000, callsAtOnce: 8 };

/**
 * Calls replicas as AIGW does: by the FNV-1a hash of the key over the replicas in order; after 100 ms, or a failure,
 * the same bytes go to the next replica. AIGW gives up then. This one goes on until a replica has acknowledged the
 * call, so that what must be true in the end is known exactly.
 */
export class AigwClient implements AsyncDisposable {
  readonly #agent = new Agent({ connections: 64, pipelining: 1 });
  readonly #patient = new Places(patience.callsAtOnce);
  #calls = 0;
  #attempts = 0;
  #failedCalls = 0;

  /** @param replicas base addresses, in order */
  constructor(private readonly replicas: readonly string[]) {}

  get figures(): ClientFigures {
    return { calls: this.#calls, attempts: this.#attempts, failedCalls: this.#failedCalls };
  }

  /** @throws Error where nobody has acknowledged it for a minute */
  async call(call: ClientCall): Promise<void> {
    this.#calls++;
    const first = fnv1a(call.key) % this.replicas.length;
    const replicaFor = (attempt: number): string => this.replicas[(first + attempt) % this.replicas.length]!;
    for (const attempt of [0, 1])
      if ((await this.#attempt(replicaFor(attempt), call, timeoutMs)) === undefined) return;
    this.#failedCalls++;
    await this.#patient.within(() => this.#insist(call, replicaFor));
  }

  /** Goes on until it is done. */
  async #insist(call: ClientCall, replicaFor: (attempt: number) => string): Promise<void> {
    const untilMs = performance.now() + giveUpMs;
    for (let attempt = 2; ; attempt++) {
      const failure = await this.#attempt(replicaFor(attempt), call, patience.timeoutMs);
      if (failure === undefined) return;
      if (performance.now() > untilMs)
        throw new Error(`no replica has taken ${call.method} ${call.path} ${call.body}: ${failure}`);
      await sleep(patience.pauseMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  /** @returns what went wrong */
  async #attempt(
    replica: string,
    { method, path, body }: ClientCall,
    limitMs: number,
  ): Promise<string | undefined> {
    this.#attempts++;
    try {
      const signal = AbortSignal.timeout(limitMs);
      const answer = await request(`${replica}${path}`, { method, body, signal, dispatcher: this.#agent });
      const text = await answer.body.text();
      return answer.statusCode === 200 ? undefined : `${replica}: ${text}`;
    } catch (error) {
      return `${replica}: ${(error as Error).message}`;
    }
  }
}

/** FNV-1a, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** So many may do something at a time; the others wait for their turn. */
class Places {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async within(action: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    try {
      await action();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
