import { type Life, type LoadStats, keyText } from '#load';
import type { Counts } from './books.js';

export const nothingCounted: Counts = { queued: 0, prefill: 0, prompt: 0 };

/** How an engine is named here: its cluster and its address. */
function engineOf({ cluster, ip }: { readonly cluster: string; readonly ip: string }): string {
  return `${cluster} ${ip}`;
}

/** What one replica knows and counts, looked at from outside. */
export class LoadView {
  constructor(
    private readonly load: LoadStats,
    private readonly nowMs: () => number,
  ) {}

  /** What a gateway would be told of all clusters, without the rows that count nothing. */
  counts(): Map<string, Counts> {
    const counts = new Map<string, Counts>();
    for (const { cluster } of this.load.models()) {
      for (const { ip, queuedCount, prefillCount, promptLength } of this.load.enginesOf(cluster)) {
        if (queuedCount === 0 && prefillCount === 0 && promptLength === 0) continue;
        counts.set(engineOf({ cluster, ip }), {
          queued: queuedCount,
          prefill: prefillCount,
          prompt: promptLength,
        });
      }
    }
    return counts;
  }

  /** The same, found by counting every request that is known. */
  recount(): Map<string, Counts> {
    const counts = new Map<string, Counts>();
    for (const { record, released } of this.#live()) {
      const { queued, prefill, prompt } = counts.get(engineOf(record!)) ?? nothingCounted;
      counts.set(engineOf(record!), {
        queued: queued + 1,
        prefill: prefill + (released ? 0 : 1),
        prompt: prompt + (released ? 0 : record!.promptLength),
      });
    }
    return counts;
  }

  /** The engines that count a request which expires within this time: elsewhere it may have expired. */
  enginesAboutToForget(withinMs: number): Set<string> {
    const engines = new Set<string>();
    const limitMs = this.load.policy.expiryMs - withinMs;
    for (const { record, startedMs } of this.#live()) {
      if (this.nowMs() - startedMs >= limitMs) engines.add(engineOf(record!));
    }
    return engines;
  }

  /** All that is known, by the text of a request's key. */
  lives(): Map<string, Life> {
    const lives = new Map<string, Life>();
    for (const slice of this.load.known.slices({}, this.nowMs)) {
      for (const { key, life } of slice) lives.set(keyText(key), life);
    }
    return lives;
  }

  /** A life, for people. */
  text(life: Life | undefined): string {
    if (life === undefined) return 'unknown';
    const { record, generation, released, removed, startedMs } = life;
    const flags = `${released ? ' released' : ''}${removed ? ' removed' : ''}`;
    const engine = record === undefined ? ' no record' : ` ${engineOf(record)}`;
    return `generation ${generation}${flags}${engine}, ${Math.round(this.nowMs() - startedMs)} ms old`;
  }

  *#live(): Iterable<Life> {
    const { expiryMs } = this.load.policy;
    for (const slice of this.load.known.slices({ youngerThanMs: expiryMs }, this.nowMs)) {
      for (const { life } of slice) {
        if (life.record !== undefined && !life.removed && life.record.cluster !== '') yield life;
      }
    }
  }
}

/** Whether who knows the one has nothing to learn from the other but an age. */
export function isIncluded(life: Life, known: Life | undefined): boolean {
  if (known === undefined || known.generation < life.generation) return false;
  if (known.generation > life.generation || known.removed) return true;
  const hasFlags = !life.removed && (known.released || !life.released);
  return hasFlags && (known.record !== undefined || life.record === undefined);
}
