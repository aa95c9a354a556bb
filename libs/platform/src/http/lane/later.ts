import { StreamableFile } from '@nestjs/common';

/** Whether this is no answer yet: a promise, an observable or a stream, for which the framework would wait. */
export function isLater(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const { then, subscribe } = data as { readonly then?: unknown; readonly subscribe?: unknown };
  return typeof then === 'function' || typeof subscribe === 'function' || data instanceof StreamableFile;
}
