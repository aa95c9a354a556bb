import { isIPv4 } from 'node:net';
import { isPrintable, quoted } from '#platform';
import { WireError } from '#replication';
import { type RequestRecord, maxPromptLength } from '../../domain/inference-request.js';
import { isInt64, isWhole } from '../../domain/whole.js';
import { longestName } from './life-format.js';

/**
 * A request as replicas of the Go service tell each other of it:
 * `{"cluster":"llama","request_id":"r-1","prompt_length":512,"ip":"10.0.0.1","timestamp":1763…}`.
 *
 * Bodies are written byte for byte as Go's `json.Marshal` writes them: fields in the order of its struct, numbers that
 * are 0 left out, text that is safe inside of HTML. Of a deletion the service reads the id alone; its older releases
 * send all fields, its later ones the id and perhaps the timestamp.
 */

const escapedByGo = /[<>&\u2028\u2029]/g;

/** The body that brings a request's record. */
export function recordBody(
  requestId: string,
  { cluster, ip, promptLength, timestampNs }: RequestRecord,
): string {
  const length = promptLength === 0 ? '' : `"prompt_length":${promptLength},`;
  const timestamp = timestampNs === 0n ? '' : `,"timestamp":${timestampNs}`;
  return `{"cluster":${goText(cluster)},"request_id":${goText(requestId)},${length}"ip":${goText(ip)}${timestamp}}`;
}

/** The body that names a request: both deletions. */
export function referenceBody(requestId: string): string {
  return `{"cluster":"","request_id":${goText(requestId)},"ip":""}`;
}

/**
 * @param body parsed JSON of whatever shape, integers beyond 2^53 as bigint
 * @throws WireError that names the field and what it must be
 */
export function readRecordBody(body: unknown): RequestRecord {
  const fields = fieldsOf(body);
  return {
    cluster: readName('cluster', fields['cluster']),
    ip: readIp(fields['ip']),
    promptLength: readPromptLength(fields['prompt_length']),
    timestampNs: readTimestamp(fields['timestamp']),
  };
}

/**
 * @param body parsed JSON of whatever shape
 * @throws WireError that names the field and what it must be
 */
export function readRequestId(body: unknown): string {
  return readName('request_id', fieldsOf(body)['request_id']);
}

function goText(text: string): string {
  return JSON.stringify(text).replace(
    escapedByGo,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new WireError('the body must be a JSON object');
}

function readName(field: string, value: unknown): string {
  if (isName(value)) return value;
  throw broken(field, value, `text of 1 to ${longestName} characters without control characters`);
}

function isName(value: unknown): value is string {
  const isText = typeof value === 'string' && value.length > 0;
  return isText && (value.length <= longestName || [...value].length <= longestName) && isPrintable(value);
}

function readIp(value: unknown): string {
  if (typeof value === 'string' && isIPv4(value)) return value;
  throw broken('ip', value, 'an IPv4 address like 192.168.1.1');
}

function readPromptLength(value: unknown): number {
  if (isAbsent(value)) return 0;
  if (isWhole(value, 0, maxPromptLength)) return value;
  throw broken('prompt_length', value, `an integer from 0 to ${maxPromptLength}`);
}

/** As of clients: 0 or less means "not given". */
function readTimestamp(value: unknown): bigint {
  if (isAbsent(value)) return 0n;
  if (typeof value === 'bigint' || Number.isInteger(value)) {
    const timestampNs = BigInt(value as bigint | number);
    if (isInt64(timestampNs)) return timestampNs > 0n ? timestampNs : 0n;
  }
  throw broken('timestamp', value, 'a 64-bit integer of Unix nanoseconds');
}

/** Go leaves out what is 0, and reads `null` as that. */
function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function broken(field: string, value: unknown, rule: string): WireError {
  const isMissing = isAbsent(value);
  return new WireError(
    isMissing
      ? `${field} is missing; it must be ${rule}`
      : `${field} must be ${rule}, but was ${quoted(value)}`,
  );
}
