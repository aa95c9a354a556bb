import { isIPv4 } from 'node:net';
import { type StateAges, WireError } from '#replication';
import {
  type Life,
  type RequestRecord,
  maxGeneration,
  maxPromptLength,
  packedRecord,
} from '../../domain/inference-request.js';
import {
  type RequestKey,
  keyFromText,
  keyText,
  requestKeyOf,
} from '../../domain/request-table/request-key.js';
import { isInt64, isWhole } from '../../domain/whole.js';

/**
 * A life as replicas tell each other of it: `{"id":"r-1","g":1,"f":0,"r":["1763…","llama","10.0.0.1",512]}`.
 *
 * `id` is the request's; where only its hash is kept, `key` stands in its place. `g` is the generation, `f` the flags,
 * `r` the record: all of it, its timestamp alone where it is packed, or missing where it is not known or not news.
 */

const isReleased = 1;
const isRemoved = 2;
export const longestName = 256;

/** A life off the wire, and whose it is. */
export interface LifeOfRequest {
  readonly key: RequestKey;
  readonly life: Life;
  /** When it last changed anywhere, in this process's monotonic clock. */
  readonly changedMs: number;
}

/** Tells of a request whose id is known. */
export function changeText(requestId: string, change: Life): string {
  return `{"id":${JSON.stringify(requestId)},${lifeText(change)}}`;
}

/** Tells of a request whose id is not kept. */
export function knownText(key: RequestKey, life: Life): string {
  return `{"key":"${keyText(key)}",${lifeText(life)}}`;
}

/** Reads back what {@link changeText} has written; its age is not in it. */
export function readChange(text: string): { readonly requestId: string; readonly change: Life } {
  const state = JSON.parse(text) as { readonly id: string };
  return { requestId: state.id, change: readLife(state, { ageMs: 0, unchangedMs: 0 }, 0).life };
}

/**
 * @param state parsed JSON of whatever shape
 * @throws WireError that names the field and what it must be
 */
export function readLife(state: unknown, { ageMs, unchangedMs }: StateAges, nowMs: number): LifeOfRequest {
  if (typeof state !== 'object' || state === null) throw new WireError('it must be a JSON object');
  const { id, key, g, f, r } = state as Readonly<Record<string, unknown>>;
  if (!isWhole(g, 1, maxGeneration))
    throw new WireError(`g must be a generation, an integer from 1 to ${maxGeneration}`);
  if (!isWhole(f, 0, isReleased | isRemoved)) throw new WireError('f must be flags, an integer from 0 to 3');
  return {
    key: readKey(id, key),
    life: {
      generation: g,
      record: r === undefined ? undefined : readRecord(r),
      released: (f & isReleased) !== 0,
      removed: (f & isRemoved) !== 0,
      startedMs: nowMs - ageMs,
    },
    changedMs: nowMs - unchangedMs,
  };
}

function lifeText({ generation, released, removed, record }: Life): string {
  const flags = (released ? isReleased : 0) | (removed ? isRemoved : 0);
  const head = `"g":${generation},"f":${flags}`;
  return record === undefined ? head : `${head},"r":${recordText(record)}`;
}

function recordText({ timestampNs, cluster, ip, promptLength }: RequestRecord): string {
  if (cluster === '') return `["${timestampNs}"]`;
  return `["${timestampNs}",${JSON.stringify(cluster)},"${ip}",${promptLength}]`;
}

function readKey(id: unknown, key: unknown): RequestKey {
  if (isName(id)) return requestKeyOf(id);
  const read = typeof key === 'string' ? keyFromText(key) : undefined;
  if (read !== undefined) return read;
  throw new WireError(`id must be text of 1 to ${longestName} characters, or key 16 lower-case hex digits`);
}

function readRecord(record: unknown): RequestRecord {
  if (!Array.isArray(record) || (record.length !== 1 && record.length !== 4))
    throw new WireError('r must be an array of a timestamp, or of timestamp, cluster, ip and prompt length');
  const [timestamp, cluster, ip, promptLength] = record as unknown[];
  const timestampNs = readTimestamp(timestamp);
  if (record.length === 1) return packedRecord(timestampNs);
  if (!isName(cluster))
    throw new WireError(`r[1], the cluster, must be text of 1 to ${longestName} characters`);
  if (typeof ip !== 'string' || !isIPv4(ip)) throw new WireError('r[2], the ip, must be an IPv4 address');
  if (!isWhole(promptLength, 0, maxPromptLength))
    throw new WireError(`r[3], the prompt length, must be an integer from 0 to ${maxPromptLength}`);
  return { timestampNs, cluster, ip, promptLength };
}

function readTimestamp(timestamp: unknown): bigint {
  if (typeof timestamp === 'string' && /^-?\d{1,19}$/.test(timestamp)) {
    const timestampNs = BigInt(timestamp);
    if (isInt64(timestampNs)) return timestampNs;
  }
  throw new WireError('r[0], the timestamp, must be a 64-bit integer as text');
}

/** As long as a client may send: characters beyond the basic plane count as two here. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 2 * longestName;
}
