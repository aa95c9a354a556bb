import type { FeedParts } from '../src/application/peer-feed.js';
import { Journal, type ReplicationNews } from '../src/application/ports/journal.js';
import { Random } from '../src/application/ports/random.js';
import { ReplicatedStates } from '../src/application/replicated-states.js';
import { EventLog, type LogLimits } from '../src/domain/event-log.js';
import { ReplicationTotals } from '../src/domain/replication-totals.js';
import { ThisReplica } from '../src/domain/this-replica.js';
import type { FakeClient } from './fake-client.js';
import type { ManualTime } from './manual-time.js';

/** Epoch of the replica under test. */
export const ownEpoch = '00000000000000aa';

/** What a mesh and its feeds need, around a client and a time of the test's. */
export class MeshParts implements FeedParts {
  readonly self = new ThisReplica(ownEpoch);
  readonly states = new ReplicatedStates();
  readonly totals = new ReplicationTotals();
  readonly news: ReplicationNews[] = [];
  readonly log: EventLog;
  readonly clock: ManualTime['clock'];
  readonly timers: ManualTime['timers'];
  readonly random: Random = new (class extends Random {
    override next = () => 0.5;
  })();
  readonly journal: Journal;

  constructor(
    readonly client: FakeClient,
    time: ManualTime,
    limits: LogLimits = { maxEvents: 1_000, maxBytes: 1_000_000 },
  ) {
    this.log = new EventLog(limits);
    this.clock = time.clock;
    this.timers = time.timers;
    const { news } = this;
    this.journal = new (class extends Journal {
      override tell = (each: ReplicationNews) => void news.push(each);
    })();
    this.self.listensAt('127.0.0.1:8080');
  }

  /** Logs so many events of this moment. */
  append(count = 1): void {
    const nowMs = this.clock.nowMs();
    for (let i = 0; i < count; i++)
      this.log.append({ kind: 'load', state: '{}', sinceMs: nowMs, loggedMs: nowMs });
  }
}
