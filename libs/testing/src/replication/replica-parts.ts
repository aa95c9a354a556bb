import { EventLog, type LogLimits, ReplicatedStates, ReplicationTotals, ThisReplica } from '#replication';
import { ManualClock } from '../manual-clock.js';
import { ManualTimers } from '../manual-timers.js';
import { GrowingNumbers } from './growing-numbers.js';
import { RecordedNews } from './recorded-news.js';
import { ScriptedPeers } from './scripted-peers.js';

/** What the use cases of a replica need, in the test's hand. */
export interface ReplicaParts {
  readonly self: ThisReplica;
  readonly log: EventLog;
  readonly states: ReplicatedStates;
  /** The one state that is added to `states`. */
  readonly numbers: GrowingNumbers;
  readonly client: ScriptedPeers;
  readonly totals: ReplicationTotals;
  readonly clock: ManualClock;
  readonly timers: ManualTimers;
  /** Always in the middle, unless a test says otherwise. */
  readonly random: { next(): number };
  readonly journal: RecordedNews;
}

export function replicaParts(limits: LogLimits = { maxEvents: 100, maxBytes: 1e6 }): ReplicaParts {
  const clock = new ManualClock();
  const numbers = new GrowingNumbers(clock);
  const states = new ReplicatedStates();
  states.add(numbers);
  const self = new ThisReplica('000000000000000a');
  self.listensAt('127.0.0.1:8080');
  return {
    self,
    log: new EventLog(limits),
    states,
    numbers,
    client: new ScriptedPeers(),
    totals: new ReplicationTotals(),
    clock,
    timers: new ManualTimers(clock),
    random: { next: () => 0.5 },
    journal: new RecordedNews(),
  };
}
