import { PeerError } from '../../application/ports/peer-client.js';
import { LineBuffer } from './line-buffer.js';

/** A chunk of a snapshot has some 200 kB. */
const maxLineBytes = 4 * 1024 * 1024;

/**
 * The lines of a body, as they come; what is held at a time is one line and what came with its end. A last line without
 * its end was cut off, and is left out.
 *
 * @throws PeerError for a line that is longer than any replica sends
 */
export async function* linesOf(body: AsyncIterable<Buffer>): AsyncIterable<string> {
  const buffer = new LineBuffer(maxLineBytes);
  for await (const chunk of body) {
    const lines = buffer.push(chunk);
    if (lines === 'too-long') throw new PeerError(`a line of more than ${maxLineBytes} bytes`);
    for (const line of lines) yield line.toString('utf8');
  }
}
