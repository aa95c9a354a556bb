import {
  Clock,
  GcPolicy,
  type Life,
  LoadStats,
  type Moment,
  RecordRequest,
  ReleasePrompt,
  RemoveRequest,
  ReplicatedChanges,
  ReplicatedLoad,
  type RequestRecord,
  requestKeyOf,
} from '#load';
import { limits } from './world.js';

const requestId = 'r';
/** As many as a set of bits holds. */
const maxEvents = 31;
const replicas = [0, 1, 2] as const;
const now: Moment = { monotonicMs: 1_000_000, unixUs: 1 };

/** What a client may call in a scope: by timestamp a record, or one of the two others. */
export type ScopeCall = { readonly record: bigint } | 'release' | 'remove';

/** Which calls there may be, how many, and what must hold where all messages have arrived. */
export interface Scope {
  readonly calls: readonly ScopeCall[];
  readonly maxCalls: number;
  /** What must be counted after these calls; undefined where no rule can say. */
  readonly truth: ((made: readonly ScopeCall[]) => 'nothing' | 'prompt' | 'queued') | undefined;
}

/** What was looked at. */
export interface Exploration {
  readonly states: number;
  /** Of these: in which every message has arrived, so that all replicas must agree. */
  readonly quietStates: number;
  /** A sequence of calls and deliveries after which something does not hold. */
  readonly counterexample: string | undefined;
}

interface State {
  /** By replica: the number of the life that it knows. */
  readonly known: readonly number[];
  /** By replica: which events have yet to arrive there, as a set of bits. */
  readonly pending: readonly number[];
  /** Which calls were made, by their number in the scope: how often does not matter to the truth. */
  readonly made: number;
  readonly calls: number;
  readonly path: Path | undefined;
}

interface Path {
  readonly step: string;
  readonly before: Path | undefined;
}

/**
 * Looks at every state that three replicas can get into over one request: every order of calls and deliveries, every
 * call at every replica, every event delivered once at least. That a repeated delivery changes nothing is checked in
 * every state, so repetitions need no states of their own.
 */
export function explore({ calls, maxCalls, truth }: Scope): Exploration {
  const lives = new Lives(calls);
  const seen = new Set<string>();
  const start: State = { known: [0, 0, 0], pending: [0, 0, 0], made: 0, calls: 0, path: undefined };
  const open: State[] = [start];
  seen.add(nameOf(start));
  let quietStates = 0;
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (state.pending.every((events) => events === 0)) {
      quietStates++;
      const made = calls.filter((_, i) => (state.made & (1 << i)) !== 0);
      const wrong = lives.whatIsWrong(state.known, truth?.(made));
      if (wrong !== undefined)
        return { states: seen.size, quietStates, counterexample: `${wrong} after ${stepsOf(state.path)}` };
    }
    for (const next of successorsOf(state, lives, calls, maxCalls)) {
      const name = nameOf(next);
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(next);
    }
  }
  return { states: seen.size, quietStates, counterexample: undefined };
}

function* successorsOf(
  state: State,
  lives: Lives,
  calls: readonly ScopeCall[],
  maxCalls: number,
): Iterable<State> {
  const { known, pending, made, path } = state;
  for (const replica of replicas) {
    for (let event = 0; event < lives.eventCount; event++) {
      if ((pending[replica]! & (1 << event)) === 0) continue;
      yield {
        ...state,
        known: known.with(replica, lives.afterDelivery(known[replica]!, event)),
        pending: pending.with(replica, pending[replica]! & ~(1 << event)),
        path: { step: `${lives.eventText(event)} arrives at ${replica}`, before: path },
      };
    }
    if (state.calls === maxCalls) continue;
    for (let call = 0; call < calls.length; call++) {
      const { life, event } = lives.afterCall(known[replica]!, call);
      yield {
        known: known.with(replica, life),
        pending:
          event === undefined
            ? pending
            : pending.map((events, at) => (at === replica ? events : events | (1 << event))),
        made: made | (1 << call),
        calls: state.calls + 1,
        path: { step: `${callText(calls[call]!)} at ${replica}`, before: path },
      };
    }
  }
}

/** Replicas are alike, so states that differ by the replicas' names alone have one name. */
function nameOf({ known, pending, made, calls }: State): string {
  const codes = known.map((life, replica) => life * 2 ** 31 + pending[replica]!).sort((a, b) => a - b);
  return `${codes.join()},${made},${calls}`;
}

/** The lives and events that occur, by number; what follows from them is asked of the real code once, and remembered. */
class Lives {
  /** The first is the life of an id that is not known. */
  readonly #lives: (Life | undefined)[] = [undefined];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #events: string[] = [];
  readonly #deliveries = new Map<number, number>();
  readonly #calls = new Map<number, { readonly life: number; readonly event: number | undefined }>();

  constructor(private readonly scope: readonly ScopeCall[]) {}

  get eventCount(): number {
    return this.#events.length;
  }

  eventText(event: number): string {
    return this.#events[event]!;
  }

  afterDelivery(life: number, event: number): number {
    const name = life * maxEvents + event;
    let next = this.#deliveries.get(name);
    if (next === undefined) {
      const replica = new LoneReplica(this.#lives[life]);
      replica.deliver(this.#events[event]!);
      next = this.#numberOf(replica.life());
      const again = new LoneReplica(this.#lives[next]);
      again.deliver(this.#events[event]!);
      if (this.#numberOf(again.life()) !== next)
        throw new Error(`a repetition of ${this.#events[event]} changes something`);
      this.#deliveries.set(name, next);
    }
    return next;
  }

  afterCall(life: number, call: number): { readonly life: number; readonly event: number | undefined } {
    const name = life * maxEvents + call;
    let next = this.#calls.get(name);
    if (next === undefined) {
      const replica = new LoneReplica(this.#lives[life]);
      replica.call(this.scope[call]!);
      const [published] = replica.published;
      const event = published === undefined ? undefined : this.#eventNumberOf(published);
      next = { life: this.#numberOf(replica.life()), event };
      this.#calls.set(name, next);
    }
    return next;
  }

  /** @returns undefined where all three know the same, and that is the truth */
  whatIsWrong(known: readonly number[], truth: string | undefined): string | undefined {
    const [first] = known;
    const texts = known.map((life) => this.#textOf(life));
    if (known.some((life) => life !== first)) return `the replicas differ (${texts.join('; ')})`;
    const counted = new LoneReplica(this.#lives[first!]).counted();
    return truth === undefined || counted === truth
      ? undefined
      : `${counted} is counted in place of ${truth}`;
  }

  #numberOf(life: Life | undefined): number {
    const text = textOfLife(life);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#lives.push(life) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }

  #eventNumberOf(text: string): number {
    const at = this.#events.indexOf(text);
    if (at !== -1) return at;
    if (this.#events.length === maxEvents) throw new Error('more events than a set has bits');
    return this.#events.push(text) - 1;
  }

  #textOf(life: number): string {
    return textOfLife(this.#lives[life]) || 'nothing';
  }
}

/** A replica that knows one life, with the real code around it. */
class LoneReplica {
  readonly #load = new LoadStats(new GcPolicy(600_000), limits);
  readonly #state = new ReplicatedLoad(this.#load, fixedClock);
  readonly published: string[] = [];

  constructor(life: Life | undefined) {
    if (life !== undefined) this.#load.merge(requestKeyOf(requestId), life, now);
  }

  call(call: ScopeCall): void {
    const changes = new ReplicatedChanges({
      isWanted: true,
      publish: (_, state) => void this.published.push(state),
    });
    if (call === 'release') new ReleasePrompt(this.#load, fixedClock, changes).execute(requestId);
    else if (call === 'remove') new RemoveRequest(this.#load, fixedClock, changes).execute(requestId);
    else new RecordRequest(this.#load, fixedClock, changes).execute(requestId, recordOf(call.record));
  }

  deliver(event: string): void {
    this.#state.merge(this.#state.parse(JSON.parse(event), { ageMs: 0, unchangedMs: 0 }));
  }

  life(): Life | undefined {
    return [...this.#load.known.slices({}, () => now.monotonicMs)].flat()[0]?.life;
  }

  counted(): 'nothing' | 'prompt' | 'queued' {
    const [engine] = this.#load.enginesOf('llama');
    if (engine === undefined || engine.queuedCount === 0) return 'nothing';
    return engine.prefillCount === 0 ? 'queued' : 'prompt';
  }
}

class FixedClock extends Clock {
  override now(): Moment {
    return now;
  }
}
const fixedClock = new FixedClock();

function recordOf(timestampNs: bigint): RequestRecord {
  return { timestampNs, cluster: 'llama', ip: '10.0.0.1', promptLength: 512 };
}

function textOfLife(life: Life | undefined): string {
  if (life === undefined) return '';
  const { generation, record, released, removed } = life;
  const recordText = record === undefined ? 'no record' : `${record.timestampNs} ${record.cluster}`;
  return `generation ${generation}, ${recordText}${released ? ', released' : ''}${removed ? ', removed' : ''}`;
}

function callText(call: ScopeCall): string {
  return typeof call === 'string' ? call : `record ${call.record}`;
}

function stepsOf(path: Path | undefined): string {
  const steps: string[] = [];
  for (let at = path; at !== undefined; at = at.before) steps.unshift(at.step);
  return steps.join('; ');
}
