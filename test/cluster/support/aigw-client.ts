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
const giveUpMs = 60_000;
/** Beyond what AIGW does there is no hurry: a machine that is behind must be able to catch up. */
const patience = { pauseMs: 250, timeoutMs: 2_000 };

/**
 * Calls replicas as AIGW does: by the FNV-1a hash of the key over the replicas in order; after 100 ms, or a failure,
 * the same bytes go to the next replica. AIGW gives up then. This one goes on until a replica has acknowledged the
 * call, so that what must be true in the end is known exactly.
 */
export class AigwClient implements AsyncDisposable {
  readonly #agent = new Agent({ connections: 64, pipelining: 1 });
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
    const startedMs = performance.now();
    const first = fnv1a(call.key) % this.replicas.length;
    let lastFailure = '';
    for (let attempt = 0; performance.now() - startedMs < giveUpMs; attempt++) {
      if (attempt === 2) this.#failedCalls++;
      const isBeyond = attempt >= 2;
      if (isBeyond) await sleep(patience.pauseMs);
      const replica = this.replicas[(first + attempt) % this.replicas.length]!;
      const failure = await this.#attempt(replica, call, isBeyond ? patience.timeoutMs : timeoutMs);
      if (failure === undefined) return;
      lastFailure = failure;
    }
    throw new Error(`no replica has taken ${call.method} ${call.path} ${call.body}: ${lastFailure}`);
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
