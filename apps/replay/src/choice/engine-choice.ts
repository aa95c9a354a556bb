import type { EngineLoad } from '../engines.js';
import type { HeldBlocks } from '../locations.js';
import type { TraceRequest } from '../trace/trace-request.js';

/** A gateway's policy. */
export interface EngineChoice {
  /**
   * The place in `loads`, which has at least one engine, of the engine that takes `request`.
   *
   * @param held what the engines hold of the request's prompt
   */
  choose(loads: readonly EngineLoad[], request: TraceRequest, held: HeldBlocks): number;
}
