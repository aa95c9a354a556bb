import type { ClientCall } from './client-calls.js';

/** Counts of one engine, as a gateway asks for them. */
export interface Counts {
  readonly queued: number;
  readonly prefill: number;
  readonly prompt: number;
}

/** The least and the most that an engine may count: they differ for a moment around an expiry. */
export interface Bounds {
  readonly least: Counts;
  readonly most: Counts;
}

interface Entry {
  call: Extract<ClientCall, { type: 'record' }> | undefined;
  released: boolean;
  removed: boolean;
  /** When the first replica took the first call of this id. */
  firstSignMs: number;
}

const nothing: Counts = { queued: 0, prefill: 0, prompt: 0 };

/**
 * The truth, as naively as can be: what clients' calls did, for ids that are used once. Any replica's taking a call is
 * enough, and their order is nothing.
 */
export class Books {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly expiryMs: number) {}

  /** A replica has taken a call, whether or not its answer arrives. */
  note(call: ClientCall, nowMs: number): void {
    let entry = this.#entries.get(call.id);
    if (entry === undefined) {
      entry = { call: undefined, released: false, removed: false, firstSignMs: nowMs };
      this.#entries.set(call.id, entry);
    }
    if (call.type === 'record') entry.call ??= call;
    // Without effect: the request is over, though an age that arrived too small may hide that for a while.
    else if (nowMs - entry.firstSignMs >= this.expiryMs) return;
    else if (call.type === 'release') entry.released = true;
    else entry.removed = true;
  }

  /**
   * What must be counted now, by engine.
   *
   * @param skewMs how much too small an age may have arrived somewhere
   */
  bounds(nowMs: number, skewMs: number): Map<string, Bounds> {
    const bounds = new Map<string, Bounds>();
    for (const { call, released, removed, firstSignMs } of this.#entries.values()) {
      const ageMs = nowMs - firstSignMs;
      if (call === undefined || removed || ageMs > this.expiryMs + skewMs) continue;
      const { cluster, ip, promptLength } = call.record;
      const counts = { queued: 1, prefill: released ? 0 : 1, prompt: released ? 0 : promptLength };
      const engine = `${cluster} ${ip}`;
      const { least, most } = bounds.get(engine) ?? { least: nothing, most: nothing };
      const mayHaveExpired = ageMs >= this.expiryMs;
      bounds.set(engine, { least: mayHaveExpired ? least : sum(least, counts), most: sum(most, counts) });
    }
    return bounds;
  }
}

export function isSame(a: Counts, b: Counts): boolean {
  return a.queued === b.queued && a.prefill === b.prefill && a.prompt === b.prompt;
}

export function isWithin(counts: Counts, { least, most }: Bounds): boolean {
  return (['queued', 'prefill', 'prompt'] as const).every(
    (field) => counts[field] >= least[field] && counts[field] <= most[field],
  );
}

/** Requests queued, in prefill, and their prompts' length. */
export function textOf({ queued, prefill, prompt }: Counts): string {
  return `${queued}/${prefill}/${prompt}`;
}

function sum(a: Counts, b: Counts): Counts {
  return { queued: a.queued + b.queued, prefill: a.prefill + b.prefill, prompt: a.prompt + b.prompt };
}
