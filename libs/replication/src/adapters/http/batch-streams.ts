import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OnModuleInit } from '@nestjs/common';
import { ApiError, type Upgrades } from '#platform';
import { type BatchReader, replicaBodyLimitBytes } from './batch-reader.js';
import { batchPath, batchStreamProtocol } from './batch-stream.js';
import { LineBuffer } from './line-buffer.js';

/** A peer shows every second that it is there. */
const silenceTimeoutMs = 60_000;

/**
 * The other end of the peers' batch streams: each line is answered as the call with the same body would be, one
 * after the other.
 */
export class BatchStreams implements OnModuleInit {
  constructor(
    private readonly upgrades: Upgrades,
    private readonly batchReader: BatchReader,
  ) {}

  onModuleInit(): void {
    this.upgrades.add(batchPath, batchStreamProtocol, (socket) => this.#serve(socket));
  }

  #serve(socket: Socket): void {
    const buffer = new LineBuffer(replicaBodyLimitBytes);
    socket.on('data', (chunk: Buffer) => {
      const lines = buffer.push(chunk);
      if (lines === 'too-long') socket.destroy();
      else if (lines.length > 0) void this.#answer(socket, lines);
    });
    socket.setTimeout(silenceTimeoutMs, () => socket.destroy());
  }

  /**
   * Nothing is read meanwhile: answers keep their order, and a peer that does not wait for its answer, or does not read
   * it, is held up.
   */
  async #answer(socket: Socket, lines: readonly Buffer[]): Promise<void> {
    socket.pause();
    for (const [i, line] of lines.entries()) {
      // A peer sends one at a time; what sends thousands at once must not keep all others waiting.
      if (i > 0) await nextTurn();
      const answer = await this.#answerTo(line);
      if (socket.destroyed) return;
      if (!socket.write(`${answer}\n`)) await drained(socket);
    }
    socket.resume();
  }

  async #answerTo(line: Buffer): Promise<string> {
    try {
      return `200 ${JSON.stringify({ data: await this.batchReader.execute(line) })}`;
    } catch (error) {
      const { status, code, message, reason } =
        error instanceof ApiError ? error : new ApiError('internal', (error as Error).message);
      return `${status} ${JSON.stringify({ error: { code, message, reason } })}`;
    }
  }
}

/** Settles when the peer has read what was written, or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      socket.off('drain', settle).off('close', settle);
      resolve();
    };
    socket.on('drain', settle).on('close', settle);
  });
}
