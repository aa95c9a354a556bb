import type { Moment } from '../../domain/moment.js';

/** Where the present comes from. Never blocks. */
export abstract class Clock {
  /** Both clocks, read together. */
  abstract now(): Moment;
}
