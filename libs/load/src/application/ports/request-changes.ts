import type { Life } from '../../domain/inference-request.js';

/**
 * Hears of every change that a client's call has made here, for whoever carries it to other replicas.
 *
 * Called once a change, in the order in which the changes took effect, before the call is answered. It must not
 * block or throw: what can't be sent now is the listener's to keep. Lives are immutable and may be kept.
 */
export abstract class RequestChanges {
  /** @param change the life that follows; its record only where the call has brought it */
  abstract publish(requestId: string, change: Life): void;
}
