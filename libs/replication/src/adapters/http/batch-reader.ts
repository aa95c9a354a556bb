import { isUtf8 } from 'node:buffer';
import { ApiError, printable } from '#platform';
import { WireError } from '../../application/ports/replicated-state.js';
import type { ReceiveBatch } from '../../application/receive-batch.js';

/** Batches of a thousand events have some 200 kB. */
export const replicaBodyLimitBytes = 1024 * 1024;

/** The data of the answer to a batch. */
export interface BatchAnswerData {
  readonly epoch: string;
  readonly state: string;
  readonly outcome: string;
  readonly applied: number;
}

/** Takes a batch as bytes, whichever way it came: by a call of its own or as a line of a stream. */
export class BatchReader {
  constructor(private readonly receiveBatch: ReceiveBatch) {}

  /** @throws ApiError `invalidJson` or `invalidArgument`, and nothing of the batch is merged */
  async execute(body: Buffer | undefined): Promise<BatchAnswerData> {
    const batch = this.#parsed(body);
    try {
      const { phase, ...answer } = await this.receiveBatch.execute(batch);
      return { state: phase, ...answer };
    } catch (error) {
      throw error instanceof WireError ? new ApiError('invalidArgument', error.message) : error;
    }
  }

  /** Batches keep 64-bit numbers as text, so plain JSON is exact; it is several times faster than what clients' bodies need. */
  #parsed(body: Buffer | undefined): unknown {
    try {
      if (body === undefined || body.length === 0) throw new Error('the body is empty; send a batch');
      if (!isUtf8(body)) throw new Error('the body is not UTF-8; encode it as UTF-8');
      return JSON.parse(body.toString('utf8'));
    } catch (error) {
      this.receiveBatch.refuse();
      throw new ApiError('invalidJson', `invalid JSON: ${printable((error as Error).message)}`);
    }
  }
}
