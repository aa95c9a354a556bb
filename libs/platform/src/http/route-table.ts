import type { FastifyInstance } from 'fastify';

/** Which methods each path takes, so that a wrong method gets 405 rather than 404. */
export class RouteTable {
  readonly #methods = new Map<string, Set<string>>();

  /** Learns the routes that are registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      const methods = this.#methods.get(url) ?? new Set<string>();
      for (const each of [method].flat()) methods.add(each);
      this.#methods.set(url, methods);
    });
  }

  /** @param url of a request, with or without a query */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0]!;
    return [...(this.#methods.get(path) ?? [])].sort();
  }
}
