/** What the lane can't answer for: a marked method, or the whole app. The message says what stands in the way. */
export class LaneError extends Error {
  override readonly name = 'LaneError';
}
