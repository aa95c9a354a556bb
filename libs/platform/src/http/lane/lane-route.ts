import type { ArgumentMetadata } from '@nestjs/common';
import type { FastifyContextConfig } from 'fastify';

/** Where a method's one parameter comes from. */
export type LaneInput = 'body' | 'query' | 'bodyOrQuery';

/** A controller's method that the lane answers for, as its decorators declare it. */
export interface LaneRoute {
  /** Of the controller and its method, for people. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Status of a good answer. */
  readonly status: number;
  readonly input: LaneInput;
  /** As the framework's pipes are told of it. */
  readonly parameter: ArgumentMetadata;
  readonly config: Readonly<FastifyContextConfig>;
  /** Calls the method. */
  readonly handle: (parameter: unknown) => unknown;
}
