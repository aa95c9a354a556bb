/** What operators should hear of. */
export type ReplicationNews =
  | { readonly type: 'peer-found'; readonly peer: string; readonly source: 'directory' | 'greeting' }
  | { readonly type: 'peer-gone'; readonly peer: string }
  | { readonly type: 'peer-refused'; readonly peer: string; readonly maxPeers: number }
  | { readonly type: 'peer-answers'; readonly peer: string; readonly epoch: string }
  | { readonly type: 'peer-unreachable'; readonly peer: string; readonly reason: string }
  | { readonly type: 'peer-speaks-go'; readonly peer: string }
  | { readonly type: 'peer-is-this-replica'; readonly peer: string }
  | { readonly type: 'peer-is-duplicate'; readonly peer: string; readonly epoch: string }
  | { readonly type: 'lookup-failed'; readonly reason: string }
  | { readonly type: 'lookup-recovered' }
  | {
      readonly type: 'snapshot-loaded';
      readonly peer: string;
      readonly states: number;
      readonly tookMs: number;
    }
  | { readonly type: 'snapshot-failed'; readonly peer: string; readonly reason: string }
  | { readonly type: 'hints-loaded'; readonly peer: string; readonly states: number; readonly tookMs: number }
  | { readonly type: 'hints-failed'; readonly peer: string; readonly reason: string }
  | { readonly type: 'repaired'; readonly peer: string; readonly buckets: number; readonly states: number }
  | { readonly type: 'repair-failed'; readonly peer: string; readonly reason: string };

/** Hears what operators should know. Called in the middle of work: it must not block or throw. */
export abstract class Journal {
  abstract tell(news: ReplicationNews): void;
}
