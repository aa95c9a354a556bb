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

/** Hears of the routes of an application, and of hooks that are added beside those that were there before. */
export class RequestHooks {
  readonly #global: string[] = [];
  readonly #routes = new Map<string, RouteOptions>();

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

  /** Whether the application has this very route, by its template. */
  hasRoute(method: string, path: string): boolean {
    return this.#routes.has(`${method} ${path}`);
  }

  /** @returns the name of a hook that calls of this route pass through, if there is one */
  strangerOf(method: string, path: string): string | undefined {
    const route = this.#routes.get(`${method} ${path}`);
    return this.#global[0] ?? requestHooks.find((name) => route?.[name] !== undefined);
  }

  /** Its hooks are looked at when it is asked for: whoever hears of the route later may still add some. */
  #onRoute(route: RouteOptions): void {
    for (const method of [route.method].flat()) this.#routes.set(`${method} ${route.url}`, route);
  }
}

function isRequestHook(name: string): boolean {
  return (requestHooks as readonly string[]).includes(name);
}
