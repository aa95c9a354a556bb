import type { OutgoingBatch } from '../src/application/batch-format.js';
import {
  type BatchAnswer,
  type DigestAnswer,
  PeerClient,
  PeerError,
  type SnapshotStream,
} from '../src/application/ports/peer-client.js';

type Answer = (batch: OutgoingBatch, peer: string) => BatchAnswer | 'unknown-call' | Promise<BatchAnswer>;

/** Peers that answer batches as the test says, and nothing else. */
export class FakeClient extends PeerClient {
  readonly batches: OutgoingBatch[] = [];

  constructor(public answer: Answer) {
    super();
  }

  override async sendBatch(peer: string, batch: OutgoingBatch): Promise<BatchAnswer | 'unknown-call'> {
    this.batches.push(batch);
    return this.answer(batch, peer);
  }

  override fetchSnapshot(): Promise<SnapshotStream> {
    return Promise.reject(new PeerError('no snapshot'));
  }

  override fetchDigest(): Promise<DigestAnswer> {
    return Promise.reject(new PeerError('no digest'));
  }

  override sendGoCall(): Promise<boolean> {
    return Promise.resolve(true);
  }

  override forget(): void {}
}

/** A peer that takes everything. */
export function takesAll(epoch: string): Answer {
  return ({ first, events }) => ({
    epoch,
    phase: 'ready',
    outcome: 'applied',
    applied: first + events.length - 1,
  });
}

/** A peer that can't be reached. */
export function fails(): never {
  throw new PeerError('connection refused');
}
