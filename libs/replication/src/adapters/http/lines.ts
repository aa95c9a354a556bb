import { PeerError } from '../../application/ports/peer-client.js';

/** A chunk of a snapshot has some 200 kB. */
const maxLineBytes = 4 * 1024 * 1024;
const newline = 0x0a;

/**
 * The lines of a body, as they come; what is held at a time is one line. A last line without its end was cut off, and
 * is left out.
 *
 * @throws PeerError for a line that is longer than any replica sends
 */
export async function* linesOf(body: AsyncIterable<Buffer>): AsyncIterable<string> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      parts.push(chunk.subarray(start, end));
      yield Buffer.concat(parts).toString('utf8');
      parts = [];
      bytes = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    bytes += chunk.length - start;
    if (bytes > maxLineBytes) throw new PeerError(`a line of more than ${maxLineBytes} bytes`);
  }
}
