import { SetMetadata } from '@nestjs/common';

/** Where the mark stands. */
export const fastLaneKey = 'fast-lane';

/**
 * Marks a controller's method for the fast lane: its ordinary calls are answered before the framework's router. It stays
 * declared by Nest's decorators alone; the service refuses to start where the lane can't honour one of them.
 */
export const FastLane = (): MethodDecorator => SetMetadata(fastLaneKey, true);
