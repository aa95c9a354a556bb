import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModuleMetadata } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  HttpMetrics,
  MetricSources,
  PlatformModule,
  ProcessRegistry,
  Readiness,
  Upgrades,
  createHttpApp,
  createLogger,
} from '#platform';

/** What came back, but for its date. */
interface TestAnswer {
  readonly status: number;
  /** Name after value, as they came. */
  readonly headers: readonly string[];
  readonly text: string;
}

/** An app of a few modules or controllers, with all that the platform gives it, on a free port of 127.0.0.1. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly readiness: Readiness;
  readonly metrics: HttpMetrics;
  /** Every line of the log, parsed. */
  readonly logLines: readonly Record<string, unknown>[];
  /** Makes a call that takes the fast lane, if there is one for it. */
  readonly byLane: (method: string, path: string, body?: string) => Promise<TestAnswer>;
  /** Makes a call that differs in one header, which leads it to the framework. */
  readonly byFramework: (method: string, path: string, body?: string) => Promise<TestAnswer>;
  readonly port: number;
}

/** Builds an app that does not listen yet. */
export async function createTestApp(
  metadata: ModuleMetadata,
): Promise<Omit<TestApp, 'byLane' | 'byFramework' | 'port'>> {
  const logLines: Record<string, unknown>[] = [];
  const log = createLogger('INFO', 'json', {
    write: (text: string) =>
      void logLines.push(
        ...text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as (typeof logLines)[0]),
      ),
  });
  const readiness = new Readiness();
  readiness.open();
  const metrics = new HttpMetrics();
  const upgrades = new Upgrades();
  const platform = PlatformModule.forApi({
    log,
    readiness,
    metricSources: new MetricSources(new ProcessRegistry()),
    upgrades,
  });
  class TestModule {}
  const app = await createHttpApp(
    { module: TestModule, ...metadata, imports: [platform, ...(metadata.imports ?? [])] },
    { readiness, metrics, log, accessLog: 'all', upgrades, silenceTimeoutMs: 5_000 },
  );
  return { app, readiness, metrics, logLines };
}

/** Starts an app. */
export async function startTestApp(metadata: ModuleMetadata): Promise<TestApp> {
  const created = await createTestApp(metadata);
  await created.app.listen(0, '127.0.0.1');
  const { port } = created.app.getHttpServer().address() as AddressInfo;
  const by = (connection: string) => (method: string, path: string, body?: string) =>
    ask(port, connection, method, path, body);
  return { ...created, port, byLane: by('keep-alive'), byFramework: by('TE') };
}

function ask(port: number, connection: string, method: string, path: string, body = ''): Promise<TestAnswer> {
  const bytes = Buffer.from(body);
  const length = bytes.length === 0 ? {} : { 'Content-Length': bytes.length };
  const headers = { Connection: connection, TraceId: 'test', ...length };
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode!, headers: withoutDate(incoming.rawHeaders), text }),
      );
    });
    outgoing.on('error', reject).end(bytes);
  });
}

function withoutDate(rawHeaders: readonly string[]): string[] {
  return rawHeaders.map((text, i) => (rawHeaders[i - 1] === 'Date' ? '…' : text));
}
