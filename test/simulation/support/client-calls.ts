import type { RequestRecord } from '#load';

/** What a gateway tells a replica. */
export type ClientCall =
  | { readonly type: 'record'; readonly id: string; readonly record: RequestRecord }
  | { readonly type: 'release'; readonly id: string }
  | { readonly type: 'remove'; readonly id: string };

/** `taken`: it was answered with 200; `refused`: with an error that a retry would not change. */
export type ClientAnswer = 'taken' | 'refused' | 'not-ready';

/** What AIGW hashes to choose a replica: the cluster of a POST, and nothing in both DELETEs. */
export function routingKeyOf(call: ClientCall): string {
  return call.type === 'record' ? call.record.cluster : '';
}

/** FNV-1a over UTF-8, 32 bits. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
