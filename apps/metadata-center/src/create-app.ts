import {
  HttpMetrics,
  LogOutput,
  MetricSources,
  ProcessRegistry,
  Readiness,
  Upgrades,
  createHttpApp,
  createLogger,
} from '#platform';
import { type Adapters, AppModule } from './app.module.js';
import type { Configuration } from './config/configuration.js';
import { serveOpenApi } from './openapi.js';
import { Replica } from './replica.js';
import { ReplicaMetrics } from './replica-metrics.js';
import { version } from './version.js';

/** What a test may set where the service decides by itself. */
export interface AppOverrides {
  readonly adapters?: Adapters;
  readonly logOutput?: Pick<LogOutput, 'write' | 'flush' | 'droppedLines'>;
}

/** Builds a replica from its configuration; it does not listen yet. */
export async function createReplica(config: Configuration, overrides: AppOverrides = {}): Promise<Replica> {
  const logOutput = overrides.logOutput ?? new LogOutput();
  const log = createLogger(config.logLevel, config.logFormat, logOutput);
  const readiness = new Readiness();
  const metrics = new HttpMetrics();
  const metricSources = new MetricSources(new ProcessRegistry());
  metricSources.add(new ReplicaMetrics(version, readiness, logOutput));
  metricSources.add(metrics);
  const upgrades = new Upgrades();
  const parts = { readiness, metrics, log, accessLog: config.accessLog, upgrades };
  const apiParts = { ...parts, silenceTimeoutMs: 10_000 };
  // A CPU profile passes no byte for 60 s.
  const adminParts = { ...parts, silenceTimeoutMs: 75_000 };
  const platform = { readiness, log, metricSources, upgrades };
  const api = await createHttpApp(AppModule.forApi(config, platform, overrides.adapters), apiParts);
  const admin = await createHttpApp(AppModule.forAdmin(platform), adminParts);
  serveOpenApi(api);
  await api.init();
  await admin.init();
  return new Replica(config, api, admin, AppModule.membershipOf(api, config), readiness, log, logOutput);
}
