import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  HttpMetrics,
  MetricSources,
  PlatformModule,
  ProcessRegistry,
  Readiness,
  createHttpApp,
  createLogger,
  made,
  Upgrades,
} from '#platform';
import { NoState } from '#testing';
import { GoWire } from '../../application/ports/go-wire.js';
import { WireError } from '../../application/ports/replicated-state.js';
import { ReceiveGoEvent } from '../../application/receive-go-event.js';
import { ReplicatedStates } from '../../application/replicated-states.js';
import { ReplicationTotals } from '../../domain/replication-totals.js';
import { GoEventController } from './go-event.controller.js';

class HeardEvents extends GoWire {
  override readonly kind = 'load';
  override readonly types = ['load.stats.set', 'load.stats.delete'];
  heard: unknown[] = [];

  override callsFor = () => [];

  override receive(type: string, body: unknown): boolean {
    if (!this.types.includes(type)) return false;
    if ((body as { request_id?: string }).request_id === undefined)
      throw new WireError('request_id is missing; it must be text');
    this.heard.push([type, body]);
    return true;
  }
}

describe('POST /v1/replica/event', () => {
  const wire = new HeardEvents();
  const readiness = new Readiness();
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => {
    const log = createLogger('ERROR', 'json', { write: () => {} });
    const states = new ReplicatedStates();
    states.add(new NoState('load'), wire);
    const upgrades = new Upgrades();
    const metricSources = new MetricSources(new ProcessRegistry());
    @Module({
      imports: [PlatformModule.forApi({ log, readiness, metricSources, upgrades })],
      controllers: [GoEventController],
      providers: [
        { provide: ReplicatedStates, useValue: states },
        made(ReplicationTotals),
        made(ReceiveGoEvent, ReplicatedStates, ReplicationTotals),
      ],
    })
    class TestModule {}
    const parts = {
      readiness,
      metrics: new HttpMetrics(),
      log,
      accessLog: 'off',
      upgrades,
      silenceTimeoutMs: 5_000,
    } as const;
    app = await createHttpApp({ module: TestModule }, parts);
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/v1/replica/event`;
  });
  afterAll(() => app.close());
  beforeEach(() => (wire.heard = []));

  const send = async (body: string, headers: Record<string, string>) => {
    const answer = await fetch(url, { method: 'POST', body, headers });
    return { httpStatus: answer.status, envelope: (await answer.json()) as unknown };
  };
  const refusal = (reason: string, message: string) => ({
    httpStatus: 400,
    envelope: { status: 'ERROR', error: { code: 40001400, reason, message }, data: null },
  });

  it('takes an event as the Go service sends it, exact to the last digit, also while it starts', async () => {
    expect(readiness.state).toBe('starting');
    const body =
      '{"cluster":"a\\u003cb","request_id":"r","prompt_length":512,"ip":"10.0.0.1","timestamp":1763851234567890123}';
    const headers = {
      'Content-Type': 'application/json',
      TraceId: '0c3a1c5e-6c53-4a1f-8d8c-0a4f6ad9d8a1',
      'Event-Type': 'load.stats.set',
    };
    expect(await send(body, headers)).toEqual({
      httpStatus: 200,
      envelope: { status: 'OK', error: null, data: null, trace_id: headers.TraceId },
    });
    expect(wire.heard).toEqual([
      [
        'load.stats.set',
        {
          cluster: 'a<b',
          request_id: 'r',
          prompt_length: 512,
          ip: '10.0.0.1',
          timestamp: 1763851234567890123n,
        },
      ],
    ]);
  });

  const rule = 'must be one of load.stats.set, load.stats.delete';
  it.each<[name: string, body: string, headers: Record<string, string>, reason: string, message: string]>([
    ['no type', '{}', {}, 'invalid_argument', `the header Event-Type is missing; it ${rule}`],
    [
      'an unknown type',
      '{}',
      { 'Event-Type': 'load.stats.get' },
      'invalid_argument',
      `the header Event-Type ${rule}, but was "load.stats.get"`,
    ],
    [
      'a body that the context refuses',
      '{}',
      { 'Event-Type': 'load.stats.set' },
      'invalid_argument',
      'request_id is missing; it must be text',
    ],
    [
      'no body',
      '',
      { 'Event-Type': 'load.stats.set' },
      'invalid_json',
      'invalid JSON: the body is empty; send a JSON object',
    ],
  ])('refuses %s', async (_, body, headers, reason, message) => {
    expect(await send(body, headers)).toMatchObject(refusal(reason, message));
    expect(wire.heard).toEqual([]);
  });

  it('refuses what is not JSON', async () => {
    expect(await send('{', { 'Event-Type': 'load.stats.set' })).toMatchObject(
      refusal('invalid_json', expect.stringMatching(/^invalid JSON: /) as string),
    );
  });
});
