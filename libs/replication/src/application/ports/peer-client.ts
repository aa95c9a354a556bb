import type { Progress } from '../../domain/peer-cursor.js';
import type { ReplicaPhase } from '../../domain/this-replica.js';
import type { Batch, OutgoingBatch, SnapshotHeader } from '../batch-format.js';
import type { GoCall } from './go-wire.js';

/** What a peer answers to a batch. */
export interface BatchAnswer extends Progress {
  /** Of the peer's process. */
  readonly epoch: string;
  readonly phase: ReplicaPhase;
}

/** Which digest is asked for. */
export interface DigestRequest {
  /** As of how long ago: both sides sum up what they knew at one moment. */
  readonly agoMs: number;
  readonly youngerThanMs: number;
}

export interface DigestAnswer {
  /** The age up to which the digest covers what is known; never more than was asked for. */
  readonly youngerThanMs: number;
  readonly digest: string;
}

/** Which states of a peer are asked for; all that are repaired, where nothing is said. */
export interface SnapshotRequest {
  readonly buckets?: readonly number[];
  readonly youngerThanMs?: number;
  /** The hints instead, all of them: said alone. */
  readonly hints?: boolean;
}

/** A snapshot on its way: what the donor had before its first chunk, then the chunks. */
export interface SnapshotStream {
  readonly header: SnapshotHeader;
  /** Ends when all is there. @throws PeerError where it is cut off, WireError for what is no chunk */
  readonly chunks: AsyncIterable<Batch['events']>;
}

/**
 * Reaches one peer by its address; the transport. Every call ends, by itself or by a time-out, and none is repeated
 * here: whoever calls knows what a repetition means. Calls to different peers do not wait for each other.
 */
export abstract class PeerClient {
  /**
   * Sends a batch. The order of two batches to one peer is the caller's to keep: it waits for the answer.
   *
   * @returns the answer, or `unknown-call` where the peer does not speak batches
   * @throws PeerError
   */
  abstract sendBatch(peer: string, batch: OutgoingBatch): Promise<BatchAnswer | 'unknown-call'>;

  /**
   * Asks for a snapshot. Chunks are read as fast as they are taken, and not faster.
   *
   * @returns the stream, or `not-ready`
   * @throws PeerError, WireError for a first line that is none
   */
  abstract fetchSnapshot(peer: string, request: SnapshotRequest): Promise<SnapshotStream | 'not-ready'>;

  /**
   * @returns the digest of what the peer knows, or `not-ready`
   * @throws PeerError
   */
  abstract fetchDigest(peer: string, request: DigestRequest): Promise<DigestAnswer | 'not-ready'>;

  /**
   * Sends one event to a Go peer.
   *
   * @returns whether the peer took it; it may have refused it for good
   * @throws PeerError where there is no answer
   */
  abstract sendGoCall(peer: string, call: GoCall): Promise<boolean>;

  /** The peer is gone for good: connections to it may be closed. */
  abstract forget(peer: string): void;
}

/** A peer did not answer, or not as it must. The message is for people and for the status. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}
