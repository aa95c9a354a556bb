import type { FastifyContextConfig } from 'fastify';
import type { DtoClass } from '../dto-checker.js';

/** Where a method's one parameter comes from. */
export type LaneInput = 'body' | 'query' | 'bodyOrQuery';

/** A controller's method that the lane answers for, as its decorators declare it. */
export interface LaneRoute {
  readonly method: string;
  readonly path: string;
  /** Status of a good answer. */
  readonly status: number;
  readonly input: LaneInput;
  readonly dtoClass: DtoClass;
  readonly config: Readonly<FastifyContextConfig>;
  /** Calls the method. */
  readonly handle: (dto: object) => unknown;
}
