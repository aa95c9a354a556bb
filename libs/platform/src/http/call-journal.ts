import type { AccessLog } from './access-log.js';
import type { FinishedCall } from './finished-call.js';
import type { HttpMetrics } from './http-metrics.js';

/** What every call passes through at its end, whichever way it was answered: metrics and access log. */
export class CallJournal {
  constructor(
    private readonly metrics: HttpMetrics,
    private readonly accessLog: AccessLog,
  ) {}

  record(call: FinishedCall): void {
    this.metrics.record(call.method, call.route, call.status, call.latencyUs);
    this.accessLog.record(call);
  }
}
