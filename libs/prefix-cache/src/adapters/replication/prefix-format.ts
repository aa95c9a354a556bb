import { isIPv4 } from 'node:net';
import { type StateAges, WireError } from '#replication';
import { type HashChain, maxChainLength } from '../../domain/hash-chain.js';

/**
 * What replicas tell each other of engines' caches: `{"c":"llama","e":"10.0.0.1","h":"AQAAAAAAAAA="}`.
 *
 * `c` is the cluster, `e` the engine, `h` the hashes as little-endian 64-bit integers in base64, since JSON's numbers
 * would be rounded. `o`: 1 marks what the engine has held for longer than all that the reader knows, the most recently
 * used first; `d`: 1 an engine that was dropped, in place of hashes.
 */

/** The name of this context's states on the wire. */
export const prefixKind = 'prefix-cache';

const longestName = 256;
const hashBytes = 8;

/** A state off the wire, with its moment in this process's monotonic clock. */
export interface ToldPrefixes {
  readonly what: 'saved' | 'held' | 'dropped';
  readonly cluster: string;
  readonly ip: string;
  /** None of a dropped engine. */
  readonly chain: HashChain;
  readonly sinceMs: number;
}

/** An engine holds these prefixes since just now. */
export function savedText(cluster: string, ip: string, chain: HashChain): string {
  return `{"c":${JSON.stringify(cluster)},"e":"${ip}","h":"${hashesText(chain)}"}`;
}

/** An engine has held these prefixes for longer than those that were told before. */
export function heldText(cluster: string, ip: string, chain: HashChain): string {
  return `{"c":${JSON.stringify(cluster)},"e":"${ip}","h":"${hashesText(chain)}","o":1}`;
}

/** An engine has lost its cache. */
export function droppedText(cluster: string, ip: string): string {
  return `{"c":${JSON.stringify(cluster)},"e":"${ip}","d":1}`;
}

/**
 * @param state parsed JSON of whatever shape
 * @throws WireError that names the field and what it must be
 */
export function readPrefixes(state: unknown, { ageMs }: StateAges, nowMs: number): ToldPrefixes {
  if (typeof state !== 'object' || state === null) throw new WireError('it must be a JSON object');
  const { c, e, h, o, d } = state as Readonly<Record<string, unknown>>;
  if (!isName(c)) throw new WireError(`c, the cluster, must be text of 1 to ${longestName} characters`);
  if (typeof e !== 'string' || !isIPv4(e)) throw new WireError('e, the engine, must be an IPv4 address');
  if (o !== undefined && o !== 1) throw new WireError('o must be 1 or left out');
  if (d !== undefined && d !== 1) throw new WireError('d must be 1 or left out');
  const told = { cluster: c, ip: e, sinceMs: nowMs - ageMs };
  if (d === 1) return { ...told, what: 'dropped', chain: noHashes };
  return { ...told, what: o === 1 ? 'held' : 'saved', chain: readHashes(h) };
}

const noHashes: HashChain = { length: 0, high: new Uint32Array(), low: new Uint32Array() };

function hashesText({ length, high, low }: HashChain): string {
  const bytes = Buffer.allocUnsafe(length * hashBytes);
  for (let i = 0; i < length; i++) {
    bytes.writeUInt32LE(low[i]!, i * hashBytes);
    bytes.writeUInt32LE(high[i]!, i * hashBytes + 4);
  }
  return bytes.toString('base64');
}

function readHashes(text: unknown): HashChain {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
  const length = (bytes?.length ?? 0) / hashBytes;
  if (bytes === undefined || !Number.isInteger(length) || length === 0 || length > maxChainLength)
    throw new WireError(`h, the hashes, must be 1 to ${maxChainLength} 64-bit integers in base64`);
  const high = new Uint32Array(length);
  const low = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    low[i] = bytes.readUInt32LE(i * hashBytes);
    high[i] = bytes.readUInt32LE(i * hashBytes + 4);
  }
  return { length, high, low };
}

/** As long as a client may send: characters beyond the basic plane count as two here. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 2 * longestName;
}
