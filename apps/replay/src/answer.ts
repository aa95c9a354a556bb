import { excerpt } from './excerpt.js';
import { noLoad, type EngineLoad } from './engines.js';

/** A call's outcome: failed unless the answer is HTTP 200 with status "OK" and of the agreed form. */
export type CallResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** What a query's answer says. */
export interface ClusterLoad {
  /** One load for each engine that was asked about, in their order. */
  readonly loads: readonly EngineLoad[];
  /** What no right answer lists, in words: engines that are not ours but have load, engines listed twice. */
  readonly strangers: readonly string[];
}

/** Opens the envelope of every answer and gives its `data`. */
export function readEnvelope(statusCode: number, body: string): CallResult<unknown> {
  const envelope = objectOf(parseJson(body));
  if (envelope === undefined) return failed(`HTTP ${statusCode} without an envelope: ${shown(body)}`);
  if (statusCode !== 200 || envelope['status'] !== 'OK') return failed(`HTTP ${statusCode}: ${shown(body)}`);
  return { ok: true, value: envelope['data'] };
}

/** Reads a query's `data`. Engines that it does not list have no load. */
export function readClusterLoad(
  data: unknown,
  engineByIp: ReadonlyMap<string, number>,
): CallResult<ClusterLoad> {
  if (!Array.isArray(data))
    return failed(`data must be a list of engines, it is ${shown(JSON.stringify(data))}`);
  const loads = Array<EngineLoad>(engineByIp.size).fill(noLoad);
  const listed = new Set<string>();
  const strangers: string[] = [];
  for (const row of data as readonly unknown[]) {
    const fields = objectOf(row);
    const ip = fields?.['ip'];
    const queuedRequests = countOf(fields?.['queued_req_num']);
    const prefillRequests = countOf(fields?.['prefill_req_num']);
    const promptLength = countOf(fields?.['prompt_length']);
    if (
      typeof ip !== 'string' ||
      queuedRequests === undefined ||
      prefillRequests === undefined ||
      promptLength === undefined
    ) {
      return failed(`a row must have ip and three counts from 0, it is ${shown(JSON.stringify(row))}`);
    }
    const engine = engineByIp.get(ip);
    if (listed.has(ip)) strangers.push(`engine ${ip} is listed twice`);
    else if (engine !== undefined) {
      const idle = queuedRequests + prefillRequests + promptLength === 0;
      loads[engine] = idle ? noLoad : { queuedRequests, prefillRequests, promptLength };
    } else if (queuedRequests + prefillRequests + promptLength > 0) {
      strangers.push(`engine ${ip} has load (${shown(JSON.stringify(row))}) but was never given any`);
    }
    listed.add(ip);
  }
  return { ok: true, value: { loads, strangers } };
}

function failed(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Enough to know an answer by. */
function shown(text: string | undefined): string {
  return excerpt(text ?? 'missing', 200);
}
