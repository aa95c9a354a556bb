import { seededRandom } from '../src/random.js';
import type { TraceRequest } from '../src/trace/trace-request.js';

/** Requests with prefixes, and what is known of them. */
export interface Conversations {
  readonly requests: readonly TraceRequest[];
  readonly blocks: number;
  /** Blocks that an earlier request had too. */
  readonly repeatedBlocks: number;
}

/** 200 requests of 20 conversations, mixed: each prompt begins with the one before and has new blocks. */
export function conversations(): Conversations {
  const random = seededRandom(1, 'conversations');
  const chains = Array.from({ length: 20 }, (): number[] => [0]);
  const seen = new Set<number>();
  const requests: TraceRequest[] = [];
  let blocks = 0;
  let nextId = 1;
  for (let turn = 0; turn < 200; turn++) {
    const chain = chains[random.below(chains.length)]!;
    for (let added = 1 + random.below(4); added > 0; added--) chain.push(nextId++);
    blocks += chain.length;
    for (const id of chain) seen.add(id);
    // Some four are in flight at a time.
    const inputTokens = chain.length * 20;
    requests.push({
      arrivalMs: turn * 20,
      inputTokens,
      outputTokens: 1 + random.below(3),
      hashIds: Uint32Array.from(chain),
    });
  }
  return { requests, blocks, repeatedBlocks: blocks - seen.size };
}
