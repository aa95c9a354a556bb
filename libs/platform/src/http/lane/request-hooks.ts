import type { FastifyInstance, RouteOptions } from 'fastify';

/** Hooks that a call passes through; the lane would pass them by. */
const requestHooks = [
  'onRequest',
  'preParsing',
  'preValidation',
  'preHandler',
  'preSerialization',
  'onSend',
  'onResponse',
  'onTimeout',
  'onError',
  'onRequestAbort',
] as const;

/** Hears of hooks that are added to an application, beside those that were there before. */
export class RequestHooks {
  readonly #global: string[] = [];
  readonly #ofRoutes = new Map<string, string>();

  /** Call it when all hooks are added that the lane honours. */
  watch(fastify: FastifyInstance): void {
    const global = this.#global;
    const addHook = fastify.addHook as (name: string, ...rest: unknown[]) => FastifyInstance;
    const watching = function watched(
      this: FastifyInstance,
      name: string,
      ...rest: unknown[]
    ): FastifyInstance {
      // A hook of a plugin's own context is none of the routes of others.
      if (this === fastify && isRequestHook(name)) global.push(name);
      return addHook.call(this, name, ...rest);
    };
    fastify.addHook = watching as FastifyInstance['addHook'];
    fastify.addHook('onRoute', (route) => this.#onRoute(route));
  }

  /** @returns the name of a hook that calls of this route pass through, if there is one */
  strangerOf(method: string, path: string): string | undefined {
    return this.#global[0] ?? this.#ofRoutes.get(`${method} ${path}`);
  }

  #onRoute(route: RouteOptions): void {
    const hook = requestHooks.find((name) => route[name] !== undefined);
    if (hook === undefined) return;
    for (const method of [route.method].flat()) this.#ofRoutes.set(`${method} ${route.url}`, hook);
  }
}

function isRequestHook(name: string): boolean {
  return (requestHooks as readonly string[]).includes(name);
}
