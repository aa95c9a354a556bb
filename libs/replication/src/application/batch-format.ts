import type { LogEvent } from '../domain/event-log.js';
import type { KnownState, StateAges } from './ports/replicated-state.js';
import { WireError } from './ports/replicated-state.js';

/** Of batches and snapshots. A replica refuses another one: it could only guess. */
export const wireVersion = 1;

/** Of one batch: some 2 ms of work for its receiver. */
export const maxBatchEvents = 1_000;

const maxAddressLength = 300;
const epochPattern = /^[0-9a-f]{16}$/;

/** A batch as its origin sends it. */
export interface OutgoingBatch {
  /** Where the origin listens. */
  readonly origin: string;
  readonly epoch: string;
  /** The sequence of the first event, or of the next one where there are none. */
  readonly first: number;
  /** The first sequence that the origin could still send. */
  readonly oldest: number;
  readonly events: readonly LogEvent[];
}

/** An event off the wire. Its state is checked by the context that it belongs to. */
export interface WireEvent extends StateAges {
  readonly kind: string;
  readonly state: unknown;
}

/** A batch as it arrives. */
export interface Batch extends Omit<OutgoingBatch, 'events'> {
  readonly events: readonly WireEvent[];
}

/** The first line of a snapshot. */
export interface SnapshotHeader {
  /** The donor's. */
  readonly epoch: string;
  /** How far the donor had each epoch's events, its own among them, before the first chunk. */
  readonly cursors: ReadonlyMap<string, number>;
}

/** @returns the batch as JSON; ages are those of the moment */
export function batchText({ origin, epoch, first, oldest, events }: OutgoingBatch, nowMs: number): string {
  let text = `{"v":${wireVersion},"origin":${JSON.stringify(origin)},"epoch":"${epoch}","first":${first},"oldest":${oldest},"events":[`;
  let separator = '';
  for (const { kind, state, sinceMs, loggedMs } of events) {
    text += separator + eventText(kind, { state, sinceMs, changedMs: loggedMs }, nowMs);
    separator = ',';
  }
  return text + ']}';
}

/**
 * @param body parsed JSON of whatever shape
 * @throws WireError that names the field and what it must be
 */
export function readBatch(body: unknown): Batch {
  const { v, origin, epoch, first, oldest, events } = fieldsOf(body, 'the batch');
  checkVersion(v);
  if (typeof origin !== 'string' || origin.length > maxAddressLength)
    throw new WireError('origin must be the address host:port of the sender');
  if (!isSequence(first)) throw new WireError('first must be a sequence number, an integer from 1');
  if (!isSequence(oldest) || oldest > first)
    throw new WireError('oldest must be a sequence number, an integer from 1 to first');
  if (Array.isArray(events) && events.length > maxBatchEvents)
    throw new WireError(`events must be at most ${maxBatchEvents}; send the others in the next batch`);
  return { origin, epoch: readEpoch(epoch), first, oldest, events: readEvents(events) };
}

export function snapshotHeaderText({ epoch, cursors }: SnapshotHeader): string {
  return JSON.stringify({ v: wireVersion, epoch, cursors: Object.fromEntries(cursors) });
}

/** @throws WireError */
export function readSnapshotHeader(line: unknown): SnapshotHeader {
  const { v, epoch, cursors } = fieldsOf(line, 'the first line of a snapshot');
  checkVersion(v);
  const read = new Map<string, number>();
  for (const [key, applied] of Object.entries(fieldsOf(cursors, 'cursors'))) {
    if (applied !== 0 && !isSequence(applied))
      throw new WireError('cursors must be sequence numbers by epoch');
    read.set(readEpoch(key), applied);
  }
  return { epoch: readEpoch(epoch), cursors: read };
}

/** One line of a snapshot. */
export function chunkText(kind: string, states: readonly KnownState[], nowMs: number): string {
  const events = states.map((state) => eventText(kind, state, nowMs));
  return `{"events":[${events.join(',')}]}`;
}

/** The last line of a snapshot, without which it was cut off. */
export const endText = '{"end":true}';

/**
 * @returns the events of a line, or `end`
 * @throws WireError
 */
export function readChunk(line: unknown): readonly WireEvent[] | 'end' {
  const { events, end } = fieldsOf(line, 'a line of a snapshot');
  return end === true ? 'end' : readEvents(events);
}

function eventText(kind: string, { state, sinceMs, changedMs }: KnownState, nowMs: number): string {
  return `{"kind":"${kind}","ageMs":${wholeMs(nowMs - sinceMs)},"unchangedMs":${wholeMs(nowMs - changedMs)},"state":${state}}`;
}

/** Rounded down: an age may only arrive too small. */
function wholeMs(ms: number): number {
  return ms > 0 ? Math.floor(ms) : 0;
}

function readEvents(events: unknown): readonly WireEvent[] {
  if (!Array.isArray(events)) throw new WireError('events must be an array');
  for (let i = 0; i < events.length; i++) checkEvent(events[i], i);
  return events as WireEvent[];
}

function checkEvent(event: unknown, index: number): asserts event is WireEvent {
  const { kind, ageMs, unchangedMs } = fieldsOf(event, `events[${index}]`);
  if (typeof kind !== 'string') throw new WireError(`events[${index}].kind must be a string`);
  if (!isAge(ageMs)) throw new WireError(`events[${index}].ageMs must be a number from 0, in milliseconds`);
  if (!isAge(unchangedMs))
    throw new WireError(`events[${index}].unchangedMs must be a number from 0, in milliseconds`);
}

function isAge(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function checkVersion(v: unknown): void {
  if (v !== wireVersion)
    throw new WireError(`v must be ${wireVersion}; bring all replicas to releases that speak it`);
}

function readEpoch(epoch: unknown): string {
  if (typeof epoch === 'string' && epochPattern.test(epoch)) return epoch;
  throw new WireError('epoch must be 16 lower-case hex digits');
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function fieldsOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new WireError(`${name} must be a JSON object`);
}
