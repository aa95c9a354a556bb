import type { Duplex } from 'node:stream';
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

  #serve(socket: Duplex): void {
    const lines = new LineBuffer();
    let isBusy = false;
    const serveNext = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
        const answer = await this.#answerTo(line);
        if (socket.destroyed) return;
        socket.write(`${answer}\n`);
      }
      isBusy = false;
      socket.resume();
    };
    socket.on('data', (chunk: Buffer) => {
      lines.push(chunk);
      // A peer waits for its answer before it sends on: whoever does not is held up, or sends no line at all.
      if (lines.size > replicaBodyLimitBytes) {
        if (isBusy) socket.pause();
        else socket.destroy();
        return;
      }
      void serveNext();
    });
    (socket as Duplex & { setTimeout?: (ms: number, onSilence: () => void) => void }).setTimeout?.(
      silenceTimeoutMs,
      () => socket.destroy(),
    );
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
