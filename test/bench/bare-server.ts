import { createServer } from 'node:http';

/**
 * The yardstick: the least code that takes the POST of the load API. It parses the body, keeps it in a Map and
 * answers the same envelope, on the port in `PORT`.
 */
const requests = new Map<string, unknown>();
const answer = '{"status":"OK","error":null,"data":null,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}';
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(answer)),
};

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => {
    if (body !== '') {
      const record = JSON.parse(body) as { request_id: string };
      requests.set(record.request_id, record);
    }
    response.writeHead(200, headers).end(answer);
  });
}).listen(Number(process.env['PORT']), '127.0.0.1');
