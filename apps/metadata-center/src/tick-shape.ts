import { createHook } from 'node:async_hooks';

/** The tick that keeps the shape; never let go. */
let kept: object | undefined;

/**
 * Keeps the shape (V8's map) of the objects alive that `process.nextTick` queues, four for each call of the API. V8 holds
 * shapes weakly. Where it collects garbage during the start and nothing is queued, this one goes; the next tick has
 * another, V8 takes ticks for objects of many shapes, and asks its runtime for each until the process ends. ADR 17 has
 * the figures.
 *
 * To be called before anything large is loaded.
 *
 * @returns what keeps it; undefined where Node queues something that its hooks do not show
 */
export function keepTickShape(): object | undefined {
  const hook = createHook({
    trackPromises: false,
    init(_id, type, _triggerId, resource) {
      if (type === 'TickObject') kept ??= resource;
    },
  });
  hook.enable();
  process.nextTick(() => undefined);
  hook.disable();
  return kept;
}
