import { countOf, objectOf, shown } from './answer-fields.js';
import { failed, type CallResult } from './call-result.js';
import { noLoad, type EngineLoad } from './engines.js';

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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
