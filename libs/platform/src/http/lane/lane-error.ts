/** A marked method that the lane can't answer for. The message says what stands in the way. */
export class LaneError extends Error {
  override readonly name = 'LaneError';
}
