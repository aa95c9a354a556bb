import type { Logger } from 'pino';
import type { FinishedCall } from './finished-call.js';
import { printable } from './printable.js';

/** Which calls get a line: failed and slow ones, all, or none. */
export type AccessLogMode = 'errors' | 'all' | 'off';

const slowCallUs = 100_000;

/** An id that is accepted is never cut: 256 characters, which may be surrogate pairs. */
const longestIdLogged = 512;

/** One line per call, if any. */
export class AccessLog {
  constructor(
    private readonly log: Logger,
    private readonly mode: AccessLogMode,
  ) {}

  record(call: FinishedCall): void {
    if (this.mode === 'off') return;
    const level = levelOf(call);
    if (level === 'info' && this.mode !== 'all') return;
    const { traceId, method, route, status, latencyUs, failure } = call;
    const line = { traceId, requestId: requestIdOf(call.input), method, route, status, latencyUs };
    const error = failure && { reason: failure.reason, error: failure.message };
    this.log[level]({ ...line, ...error }, 'call');
  }
}

function levelOf({ status, latencyUs }: FinishedCall): 'info' | 'warn' | 'error' {
  if (status >= 500) return 'error';
  return status >= 400 || latencyUs > slowCallUs ? 'warn' : 'info';
}

function requestIdOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, 'request_id')) return undefined;
  const id = (input as { request_id: unknown }).request_id;
  return typeof id === 'string' ? printable(id.slice(0, longestIdLogged)) : undefined;
}
