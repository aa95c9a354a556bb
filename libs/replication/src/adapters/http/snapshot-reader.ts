import {
  type SnapshotHeader,
  type WireEvent,
  readChunk,
  readSnapshotHeader,
} from '../../application/batch-format.js';
import { PeerError, type SnapshotStream } from '../../application/ports/peer-client.js';
import { WireError } from '../../application/ports/replicated-state.js';
import { linesOf } from './lines.js';

/**
 * Reads a snapshot as it comes: its first line now, the others as they are asked for. The body is given back when it
 * is over, or of no use.
 *
 * @throws PeerError where it is cut off, WireError for a first line that is none
 */
export async function readSnapshot(body: AsyncIterable<Buffer>): Promise<SnapshotStream> {
  const lines = linesOf(body)[Symbol.asyncIterator]();
  return { header: await headerOf(lines), chunks: chunksOf(lines) };
}

/** A failure on the way, as a PeerError; what is wrong with the snapshot itself stays as it is. */
export function peerErrorOf(error: unknown): Error {
  const isOurs = error instanceof PeerError || error instanceof WireError;
  return isOurs ? error : new PeerError((error as Error).message);
}

async function headerOf(lines: AsyncIterator<string>): Promise<SnapshotHeader> {
  try {
    return readSnapshotHeader(await nextLine(lines));
  } catch (error) {
    // The donor would wait for a reader.
    await lines.return?.();
    throw peerErrorOf(error);
  }
}

async function* chunksOf(lines: AsyncIterator<string>): AsyncIterable<readonly WireEvent[]> {
  try {
    for (;;) {
      const chunk = readChunk(await nextLine(lines));
      if (chunk === 'end') return;
      yield chunk;
    }
  } catch (error) {
    throw peerErrorOf(error);
  } finally {
    await lines.return?.();
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<unknown> {
  const { done, value } = await lines.next();
  if (done === true) throw new PeerError('the snapshot was cut off');
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new WireError(`a line of the snapshot is not JSON: ${(error as Error).message}`);
  }
}
