import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/**
 * The yardstick: the least code with `node:http` that takes the calls of the API and answers the same bytes. It parses
 * a body with JSON.parse, keeps what it says in a Map, and makes each answer anew; it checks nothing that the
 * bench's bad bodies do not need, counts nothing and writes no log. Listens on the port in `PORT`; `GET` answers with
 * as many engines as `ENGINES` says.
 */
interface Body {
  readonly request_id: string;
  readonly cluster: string;
  readonly ip: string;
  readonly prompt_hash: readonly number[];
  readonly topk: number;
}

const requests = new Map<string, Body>();
/** By cluster and hash, the engines that hold it. */
const caches = new Map<string, Map<number, Set<string>>>();
const engines = Array.from({ length: Number(process.env['ENGINES'] ?? 0) }, (_, index) => ({
  ip: `10.0.${100 + Math.floor(index / 100)}.${100 + (index % 100)}`,
  queued_req_num: 1,
  prompt_length: 512,
  updated_time: Date.now() * 1_000_000,
  prefill_req_num: 1,
}));

const server = createServer((request, response) => {
  const traceId = (request.headers['traceid'] as string | undefined) ?? randomUUID();
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const data = text === '' ? engines : dataOf(request.method!, request.url!, text);
    const answer =
      data === undefined
        ? `{"status":"ERROR","error":{"code":40001400,"message":"the body must be JSON and have a request_id","reason":"invalid_argument"},"data":null,"trace_id":"${traceId}"}`
        : `{"status":"OK","error":null,"data":${JSON.stringify(data)},"trace_id":"${traceId}"}`;
    response
      .writeHead(data === undefined ? 400 : 200, {
        'x-trace-id': traceId,
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(answer),
      })
      .end(answer);
  });
});
server.keepAliveTimeout = 360_000;
server.listen(Number(process.env['PORT']), '127.0.0.1');

/** @returns what goes into the envelope, undefined for a bad body */
function dataOf(method: string, url: string, text: string): unknown {
  let body: Body;
  try {
    body = JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
  if (url === '/v1/cache/query') return { locations: locationsOf(body) };
  if (url === '/v1/cache/save') return save(body);
  if (typeof body.request_id !== 'string') return undefined;
  if (method === 'POST') requests.set(body.request_id, body);
  else if (url === '/v1/load/stats') requests.delete(body.request_id);
  else requests.get(body.request_id);
  return null;
}

function save({ cluster, ip, prompt_hash }: Body): null {
  let cache = caches.get(cluster);
  if (cache === undefined) caches.set(cluster, (cache = new Map()));
  for (const hash of prompt_hash) {
    const holders = cache.get(hash);
    if (holders === undefined) cache.set(hash, new Set([ip]));
    else holders.add(ip);
  }
  return null;
}

function locationsOf({ cluster, prompt_hash, topk }: Body): { ip: string; length: number }[] {
  const cache = caches.get(cluster);
  const locations: { ip: string; length: number }[] = [];
  let holders = [...(cache?.get(prompt_hash[0]!) ?? [])];
  for (let length = 1; holders.length > 0; length++) {
    const next = cache!.get(prompt_hash[length]!);
    for (const ip of holders) if (next?.has(ip) !== true) locations.push({ ip, length });
    holders = holders.filter((ip) => next?.has(ip));
  }
  return locations.toReversed().slice(0, topk);
}
