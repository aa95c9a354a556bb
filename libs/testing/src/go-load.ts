/** A request as the Go service keeps it. */
export interface GoRequest {
  readonly cluster: string;
  readonly requestId: string;
  readonly ip: string;
  /** Set to 0 when the prompt is deleted, as there. */
  promptLength: number;
}

/** An engine as the Go service answers with it. */
interface GoEngine {
  readonly ip: string;
  queued_req_num: number;
  prompt_length: number;
  updated_time: number;
}

/** A deletion that finds no request is tried once more after this. */
const secondLookMs = 1_000;

/**
 * The load by the rules of the Go service: the id alone counts, a known one is left alone, a deleted one forgotten at
 * once, so that whatever comes late counts again. Its expiry after 10 minutes is left out.
 */
export class GoLoad {
  readonly #requests = new Map<string, GoRequest>();
  readonly #engines = new Map<string, Map<string, GoEngine>>();
  readonly #secondLooks = new Set<NodeJS.Timeout>();

  /** Requests that count. */
  get size(): number {
    return this.#requests.size;
  }

  add(request: GoRequest): void {
    if (this.#requests.has(request.requestId)) return;
    this.#requests.set(request.requestId, request);
    this.#count(request, 1, request.promptLength);
  }

  delete(requestId: string): void {
    if (!this.#tryDelete(requestId)) this.#lookAgain(() => this.#tryDelete(requestId));
  }

  deletePrompt(requestId: string): void {
    if (!this.#tryDeletePrompt(requestId)) this.#lookAgain(() => this.#tryDeletePrompt(requestId));
  }

  /** @returns null for a cluster that is not known, as Go writes a list that was never made */
  enginesOf(cluster: string): readonly GoEngine[] | null {
    const engines = this.#engines.get(cluster);
    return engines === undefined ? null : [...engines.values()];
  }

  /** Gives up what is still to be looked at again. */
  stop(): void {
    for (const timer of this.#secondLooks) clearTimeout(timer);
    this.#secondLooks.clear();
  }

  #tryDelete(requestId: string): boolean {
    const request = this.#requests.get(requestId);
    if (request === undefined) return false;
    this.#requests.delete(requestId);
    this.#count(request, -1, -request.promptLength);
    return true;
  }

  #tryDeletePrompt(requestId: string): boolean {
    const request = this.#requests.get(requestId);
    if (request === undefined) return false;
    this.#count(request, 0, -request.promptLength);
    request.promptLength = 0;
    return true;
  }

  #lookAgain(look: () => void): void {
    const timer = setTimeout(() => {
      this.#secondLooks.delete(timer);
      look();
    }, secondLookMs);
    this.#secondLooks.add(timer);
  }

  #count({ cluster, ip }: GoRequest, requests: number, promptLength: number): void {
    const engines = this.#engines.get(cluster) ?? new Map<string, GoEngine>();
    this.#engines.set(cluster, engines);
    const engine = engines.get(ip) ?? { ip, queued_req_num: 0, prompt_length: 0, updated_time: 0 };
    engines.set(ip, engine);
    engine.queued_req_num += requests;
    engine.prompt_length += promptLength;
    engine.updated_time = Date.now() * 1_000_000;
  }
}
