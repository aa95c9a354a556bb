import { type GoCall, GoWire } from '#replication';
import type { Clock } from '../../application/ports/clock.js';
import type { Life } from '../../domain/inference-request.js';
import type { LoadStats } from '../../domain/load-stats.js';
import { requestKeyOf } from '../../domain/request-table/request-key.js';
import { readRecordBody, readRequestId, recordBody, referenceBody } from './go-format.js';
import { readChange } from './life-format.js';
import { loadKind } from './load-kind.js';

const recordType = 'load.stats.set';
const removeType = 'load.stats.delete';
const releaseType = 'load.prompt.delete';

/**
 * The load as replicas of the Go service tell each other of it. They know no generations: what they send is of the
 * first, and a life of whatever generation is a request to them.
 */
export class LoadGoWire extends GoWire {
  override readonly kind = loadKind;
  override readonly types: readonly string[] = [recordType, removeType, releaseType];

  constructor(
    private readonly load: LoadStats,
    private readonly clock: Clock,
  ) {
    super();
  }

  override callsFor(state: string): readonly GoCall[] {
    const { requestId, change } = readChange(state);
    const { record, released, removed } = change;
    const call = (type: string, body: string): GoCall => ({ type, body, key: requestId });
    const release = call(releaseType, referenceBody(requestId));
    if (record === undefined) {
      if (removed) return [call(removeType, referenceBody(requestId))];
      return released ? [release] : [];
    }
    // The removal came first, and the peer has heard of it; it would count the record until that expires.
    if (removed) return [];
    const set = call(recordType, recordBody(requestId, record));
    // The peer heard of the release before it knew the request, and has forgotten it.
    return released ? [set, release] : [set];
  }

  override receive(type: string, body: unknown): boolean {
    if (!this.types.includes(type)) return false;
    const requestId = readRequestId(body);
    const now = this.clock.now();
    const life: Life = {
      generation: 1,
      record: type === recordType ? readRecordBody(body) : undefined,
      released: type === releaseType,
      removed: type === removeType,
      startedMs: now.monotonicMs,
    };
    this.load.merge(requestKeyOf(requestId), life, now);
    return true;
  }
}
