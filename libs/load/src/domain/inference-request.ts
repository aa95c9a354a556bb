import type { GcPolicy } from './gc-policy.js';
import { isInt64, isWhole } from './whole.js';

/**
 * The life of one inference request, as far as a replica knows it.
 *
 * A life is an element of a join-semilattice: every field only ever grows in its own order, and
 * {@link mergeLives} takes the greater of each. That is why calls and replicated states may arrive in any
 * order and any number of times and still end in the same counts (state-based CRDT: Shapiro et al.,
 * "Conflict-free Replicated Data Types", 2011).
 */
export interface Life {
  /** Which use of the id this is, 1 at first. A client's record after the end begins the next. */
  readonly generation: number;
  /** What the client said of the request; undefined while only a release or removal was seen (a marker). */
  readonly record: RequestRecord | undefined;
  /** The prompt's prefill is over: it no longer counts. */
  readonly released: boolean;
  /** The request is over: nothing of it counts. */
  readonly removed: boolean;
  /** Monotonic time of the life's first sign on any replica, in this process's clock: now minus its age. */
  readonly startedMs: number;
}

/** Generations are kept in 32 bits. None follows the last one: no use of ids comes near it, only a broken peer does. */
export const maxGeneration = 2 ** 32 - 1;

/** Prompt lengths are kept in 32 bits, as gateways send them. */
export const maxPromptLength = 2 ** 31 - 1;

/** What a client says when it sends a request to an engine. */
export interface RequestRecord {
  /** Unix time in ns, in 64 bits, by which a late retry is told from a new life; 0n where the client gave none. */
  readonly timestampNs: bigint;
  readonly cluster: string;
  /** IPv4 address of the engine. */
  readonly ip: string;
  /** An integer from 0 to {@link maxPromptLength}, in whatever unit the routers agree on, mostly tokens. */
  readonly promptLength: number;
}

/** Whether the life is over: removed, or its record was seen and has expired. */
export function isEnded(life: Life, nowMs: number, policy: GcPolicy): boolean {
  if (life.removed) return true;
  if (life.record === undefined) return false;
  return isPacked(life.record) || policy.isExpired(life.startedMs, nowMs);
}

/** Whether the life counts towards its engine's load. */
export function isLive(life: Life, nowMs: number, policy: GcPolicy): boolean {
  return life.record !== undefined && !isEnded(life, nowMs, policy);
}

/**
 * A client sends a request to an engine.
 *
 * @returns the life that follows, `repeated` where the record adds nothing, or `conflict` where the id is
 *   in flight with another cluster, engine or prompt length
 */
export function recordLife(
  known: Life | undefined,
  record: RequestRecord,
  nowMs: number,
  policy: GcPolicy,
): Life | 'repeated' | 'conflict' {
  if (known === undefined) return firstLife(1, record, nowMs);
  if (known.record === undefined) return { ...known, record };
  if (!isEnded(known, nowMs, policy)) return isSameLoad(known.record, record) ? 'repeated' : 'conflict';
  const isLateRetry = record.timestampNs !== 0n && record.timestampNs === known.record.timestampNs;
  // What no replica may have would be refused by all of them, and with it all that is sent after it.
  const isLast = known.generation === maxGeneration;
  return isLateRetry || isLast ? 'repeated' : firstLife(known.generation + 1, record, nowMs);
}

/**
 * A client has seen the request's first token.
 *
 * @returns the life that follows (a marker where no record was seen), `repeated` where the prompt is already
 *   released, or `ended` where the request is over
 */
export function releaseLife(
  known: Life | undefined,
  nowMs: number,
  policy: GcPolicy,
): Life | 'repeated' | 'ended' {
  if (known === undefined) return { ...marker(nowMs), released: true };
  if (isEnded(known, nowMs, policy)) return 'ended';
  return known.released ? 'repeated' : { ...known, released: true };
}

/**
 * A client has seen the end of the request.
 *
 * @returns the life that follows (a marker where no record was seen), or `ended` where it was over already
 */
export function removeLife(known: Life | undefined, nowMs: number, policy: GcPolicy): Life | 'ended' {
  if (known === undefined) return { ...marker(nowMs), removed: true };
  return isEnded(known, nowMs, policy) ? 'ended' : { ...known, removed: true };
}

/**
 * What two replicas know of an id, put together. Commutative, associative and idempotent. It never begins a
 * generation; when in doubt the request is dead, since a lost count lasts one request and a ghost until its
 * expiry.
 */
export function mergeLives(a: Life, b: Life): Life {
  if (a.generation !== b.generation) return a.generation > b.generation ? a : b;
  return {
    generation: a.generation,
    record: greaterRecord(a.record, b.record),
    released: a.released || b.released,
    removed: a.removed || b.removed,
    // The greater age: it can only arrive too small.
    startedMs: Math.min(a.startedMs, b.startedMs),
  };
}

/** Whether two lives, both live, count the same towards the same engine. */
export function isSameContribution(a: Life, b: Life): boolean {
  return a.released === b.released && isSameLoad(a.record!, b.record!);
}

/** Whether the two hold the same knowledge, their ages apart. */
export function isSameKnowledge(a: Life, b: Life): boolean {
  return (
    a.generation === b.generation &&
    a.released === b.released &&
    a.removed === b.removed &&
    isSameRecord(a.record, b.record)
  );
}

/** What was packed knew the rest once: it is no news. */
function isSameRecord(a: RequestRecord | undefined, b: RequestRecord | undefined): boolean {
  if (a !== undefined && b !== undefined && (isPacked(a) || isPacked(b)))
    return a.timestampNs === b.timestampNs;
  return compareRecords(a, b) === 0;
}

/** Whether a replica can have such a life: what comes from elsewhere is not to be trusted. */
export function isPossibleLife({ generation, record, startedMs }: Life, nowMs: number): boolean {
  return (
    isWhole(generation, 1, maxGeneration) &&
    (record === undefined || isPossibleRecord(record)) &&
    Number.isFinite(startedMs) &&
    startedMs <= nowMs
  );
}

/** Whether a record can be kept as it is: else its engine would add one length and subtract another. */
export function isPossibleRecord({ timestampNs, promptLength }: RequestRecord): boolean {
  return isWhole(promptLength, 0, maxPromptLength) && isInt64(timestampNs);
}

/**
 * What is kept of an ended life's record: its timestamp alone, which tells a late retry from a new life. The
 * order of records begins with the timestamp, so forgetting the rest never changes which of two is greater.
 */
export function packedRecord(timestampNs: bigint): RequestRecord {
  return { timestampNs, cluster: '', ip: '', promptLength: 0 };
}

/** A packed record names no engine, so it never counts, not even where requests expire later than where it was packed. */
function isPacked(record: RequestRecord): boolean {
  return record.cluster === '';
}

function firstLife(generation: number, record: RequestRecord, nowMs: number): Life {
  return { generation, record, released: false, removed: false, startedMs: nowMs };
}

function marker(nowMs: number): Life {
  return { generation: 1, record: undefined, released: false, removed: false, startedMs: nowMs };
}

function isSameLoad(a: RequestRecord, b: RequestRecord): boolean {
  return a.promptLength === b.promptLength && a.ip === b.ip && a.cluster === b.cluster;
}

function greaterRecord(
  a: RequestRecord | undefined,
  b: RequestRecord | undefined,
): RequestRecord | undefined {
  return compareRecords(a, b) >= 0 ? a : b;
}

function compareRecords(a: RequestRecord | undefined, b: RequestRecord | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return (
    compare(a.timestampNs, b.timestampNs) ||
    compare(a.cluster, b.cluster) ||
    compare(a.ip, b.ip) ||
    compare(a.promptLength, b.promptLength)
  );
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
