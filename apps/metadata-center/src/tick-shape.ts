import { createHook } from 'node:async_hooks';

/** Of the first tick, for as long as the process lives. */
let kept: object | undefined;

/**
 * Keeps the shape alive of what `process.nextTick` queues, four times a call. V8 holds shapes weakly. Where it collects
 * garbage during the start and nothing is queued, this one goes; the next tick has another, V8 takes ticks for objects
 * of many shapes, and asks its runtime for each of them until the process ends. ADR 17 has the figures.
 *
 * To be called before anything large is loaded.
 *
 * @returns what keeps it; undefined where Node queues something that its hooks do not show
 */
export function keepTickShape(): object | undefined {
  const hook = createHook({
    trackPromises: false,
    init: (_id, _type, _triggerId, resource) => void (kept ??= resource),
  });
  hook.enable();
  process.nextTick(() => undefined);
  hook.disable();
  return kept;
}
