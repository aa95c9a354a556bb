import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Twins } from './support/twins.js';

const body = '{"cluster":"c","request_id":"r","ip":"10.0.0.1"}';

/** A request whose header `Connection` says what it is to be led by. */
type Shape = (connection: string) => string;

const query =
  (...lines: readonly string[]): Shape =>
  (connection) =>
    [
      'GET /v1/load/stats?cluster=c HTTP/1.1',
      'Host: test',
      `Connection: ${connection}`,
      ...lines,
      '',
      '',
    ].join('\r\n');
const post =
  (...lines: readonly string[]): Shape =>
  (connection) =>
    ['POST /v1/load/stats HTTP/1.1', 'Host: test', `Connection: ${connection}`, ...lines, '', body].join(
      '\r\n',
    );
const lengthLine = `Content-Length: ${body.length}`;

/** Nothing here tells the two ways apart, except that the first takes what it may. */
const shapes: readonly [what: string, status: number, shape: Shape][] = [
  ['two lengths', 400, post(lengthLine, lengthLine)],
  ['two lengths in one', 400, post(`${lengthLine}, ${body.length}`)],
  ['a length with a sign', 400, post(`Content-Length: +${body.length}`)],
  ['a length below zero', 400, post('Content-Length: -1')],
  ['a length in hexadecimal', 400, post('Content-Length: 0x10')],
  ['a length with an exponent', 400, post('Content-Length: 1e1')],
  ['a length beyond any number', 400, post('Content-Length: 99999999999999999999999')],
  ['an empty length', 400, post('Content-Length:')],
  ['a folded length', 400, post('Content-Length:', ` ${body.length}`)],
  ['a space behind a name', 400, post(`Content-Length : ${body.length}`)],
  ['a length with zeros before it', 200, post(`Content-Length: 000${body.length}`)],
  ['a length among blanks', 200, post(`Content-Length:\t ${body.length} \t`)],
  ['a length and chunks', 400, post(lengthLine, 'Transfer-Encoding: chunked')],
  ['a length and chunks by another name', 200, post(lengthLine, 'Transfer_Encoding: chunked')],
  ['an encoding that is none', 400, post('Transfer-Encoding: identity')],
  ['a body that says it is compressed', 200, post(lengthLine, 'Content-Encoding: gzip')],
  ['a folded header', 400, query('TraceId: a', ' b')],
  ['bare line feeds', 400, (connection) => query()(connection).replaceAll('\r\n', '\n')],
  ['a bare line feed', 400, (connection) => query('X: y\nZ: z')(connection)],
  ['a bare carriage return', 400, (connection) => query('X: y\rZ: z')(connection)],
  ['empty lines before it', 200, (connection) => `\r\n\r\n${query()(connection)}`],
  ['HTTP/1.0', 200, () => query()('close').replace('HTTP/1.1', 'HTTP/1.0')],
  ['HTTP/1.2', 400, (connection) => query()(connection).replace('HTTP/1.1', 'HTTP/1.2')],
  ['a method in lower case', 400, (connection) => query()(connection).toLowerCase()],
  ['a method that is new', 405, (connection) => query()(connection).replace('GET', 'QUERY')],
  ['no host', 400, (connection) => query()(connection).replace('Host', 'Hosts')],
  ['an empty host', 200, (connection) => query()(connection).replace('Host: test', 'Host:')],
  ['a host that is none', 200, (connection) => query()(connection).replace('Host: test', 'Host: a b/\u00e9')],
  ['a close for proxies', 200, query('Proxy-Connection: close')],
  ['a time to keep it', 200, query('Keep-Alive: timeout=1')],
  ['Connection twice', 200, (connection) => query(`Connection: ${connection}`)(connection)],
  ['Connection twice, once to close it', 200, query('Connection: close')],
  [
    'an offer of HTTP/2',
    200,
    (connection) => query('Upgrade: h2c', 'HTTP2-Settings: A')(`${connection}, Upgrade, HTTP2-Settings`),
  ],
  [
    'a body behind an offer to upgrade',
    200,
    (connection) => post('Upgrade: x', lengthLine)(`${connection}, Upgrade`),
  ],
  [
    'nearly as many headers as Node takes',
    200,
    query(...Array.from({ length: 990 }, () => 'a:b'), 'TraceId: late'),
  ],
  ['more headers than Node takes', 431, query(...Array.from({ length: 1_000 }, () => 'a:b'))],
  [
    'headers that frameworks give a meaning',
    200,
    query(
      'Accept-Version: 2',
      'Accept: image/png',
      'Range: bytes=0-1',
      'If-None-Match: *',
      'Origin: x',
      'X-HTTP-Method-Override: DELETE',
    ),
  ],
];

/** What smugglers and old clients send. Node's parser decides on most of it, before either way begins. */
describe('a request with', () => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await Twins.start();
  });
  afterAll(() => twins[Symbol.asyncDispose]());

  it.each(shapes)('%s is answered alike with %i', async (_, status, shape) => {
    const { lane, framework, byFramework } = await twins.exchange((connection) =>
      Buffer.from(shape(connection), 'latin1'),
    );
    expect(lane).toBe(framework);
    expect(lane).toContain(`HTTP/1.1 ${status} `);
    expect(byFramework[1]).toBe(status === 200);
  });
});
