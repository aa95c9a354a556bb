import { LoadCalls } from '../../e2e/support/load-calls.js';

/** What every engine has to do: by cluster and engine, in words; engines without load are left out. */
export type Counts = ReadonlyMap<string, string>;

/** Counts that are found by counting. */
export class Tally {
  readonly #loads = new Map<string, { queued: number; prefill: number; prompt: number }>();

  /** A request that is there and has, or has not, its prompt to read. */
  add(cluster: string, ip: string, promptLength: number, isInPrefill: boolean): void {
    const key = `${cluster} ${ip}`;
    const load = this.#loads.get(key) ?? { queued: 0, prefill: 0, prompt: 0 };
    load.queued++;
    if (isInPrefill) {
      load.prefill++;
      load.prompt += promptLength;
    }
    this.#loads.set(key, load);
  }

  get counts(): Counts {
    return new Map(
      [...this.#loads].map(([key, { queued, prefill, prompt }]) => [key, wordsOf(queued, prefill, prompt)]),
    );
  }
}

/** What one replica answers for these clusters. */
export async function countsAt(url: string, clusters: readonly string[]): Promise<Counts> {
  const counts = new Map<string, string>();
  for (const cluster of clusters) {
    const answer = await new LoadCalls(url).query(cluster);
    if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}: ${answer.text}`);
    for (const row of answer.body.data as Awaited<ReturnType<LoadCalls['load']>>) {
      const { ip, queued_req_num: queued, prefill_req_num: prefill, prompt_length: prompt } = row;
      if (queued !== 0 || prefill !== 0 || prompt !== 0)
        counts.set(`${cluster} ${ip}`, wordsOf(queued, prefill, prompt));
    }
  }
  return counts;
}

/** In what two counts differ, a line for each engine. */
export function differencesOf(found: Counts, wanted: Counts): string[] {
  const keys = new Set([...found.keys(), ...wanted.keys()]);
  return [...keys]
    .filter((key) => found.get(key) !== wanted.get(key))
    .sort()
    .map((key) => `${key}: ${found.get(key) ?? 'nothing'} (must be ${wanted.get(key) ?? 'nothing'})`);
}

function wordsOf(queued: number, prefill: number, prompt: number): string {
  return `${queued} queued, ${prefill} in prefill, prompt ${prompt}`;
}
