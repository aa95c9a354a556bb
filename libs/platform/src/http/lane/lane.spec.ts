import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Socket, connect } from 'node:net';
import { Body, Controller, Delete, Get, HttpCode, HttpException, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { IsOptional, IsString } from 'class-validator';
import { type Observable, of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, BodyOrQuery, FastLane, RenderedJson } from '#platform';
import { type TestApp, startTestApp } from '../../../test-support/test-app.js';
import { DtoPipe } from '../read-dto.js';
import { Lane, type LaneParts } from './lane.js';

class ActDto {
  @IsString()
  act!: string;

  @IsOptional()
  @IsString()
  text?: string;
}

const rendered = (text: string) => new RenderedJson(Buffer.from(text));
/** More than the buffers of both systems hold. */
const endless = rendered(JSON.stringify('x'.repeat(32 * 1024 * 1024)));

/** What a handler may do. */
const acts: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  null: () => null,
  text: () => 'a "b" é 模型 \u2028',
  list: () => [1, { a: null }],
  rendered: () => rendered('{"kept":true}'),
  'rendered-at-length': () => rendered(JSON.stringify('x'.repeat(5_000))),
  endless: () => endless,
  bigint: () => 1n,
  ApiError: () => thrown(new ApiError('limitReached', 'too much: é', { 'Retry-After': '1', allow: 'GET' })),
  unsendable: () => thrown(new ApiError('limitReached', 'x', { 'X-Name': 'a\nb' })),
  toJSON: () => ({ toJSON: () => thrown(new Error('secret')) }),
  Error: () => thrown(new Error('secret')),
  statusCode: () => thrown({ statusCode: 418 }),
  undefined: () => thrown(undefined),
  HTTP400: () => thrown(new HttpException('secret', 400)),
  HTTP404: () => thrown(new HttpException('secret', 404)),
  HTTP413: () => thrown(new HttpException('secret', 413)),
  HTTP503: () => thrown(new HttpException('secret', 503)),
};

function thrown(what: unknown): never {
  throw what;
}

@Controller('acts')
class ActsController {
  @Get('marked')
  @FastLane()
  get(@Query() { act }: ActDto): unknown {
    return acts[act]!();
  }

  @Post('marked')
  @HttpCode(202)
  @RouteConfig({ bodyLimitBytes: 256 * 1024 })
  @FastLane()
  post(@Body() { act, text }: ActDto): unknown {
    return text ?? acts[act]!();
  }

  @Delete('marked')
  @FastLane()
  delete(@BodyOrQuery() { act }: ActDto): unknown {
    return acts[act]!();
  }

  @Post('unmarked')
  unmarked(@Body() { act }: ActDto): unknown {
    return acts[act]!();
  }

  @Post('when-ready')
  @RouteConfig({ requiresReady: true })
  @FastLane()
  whenReady(@Body() _dto: ActDto): null {
    return null;
  }

  @Post('no-rules')
  @FastLane()
  noRules(@Body() body: unknown): unknown {
    return [typeof body, body instanceof ApiError ? body.message : body];
  }

  @Post('promise')
  @FastLane()
  promise(@Body() _dto: ActDto): unknown {
    return Promise.resolve(null);
  }

  @Post('observable')
  @FastLane()
  observable(@Body() _dto: ActDto): unknown {
    return of(null) satisfies Observable<null>;
  }

  @Get('changes-its-query')
  @FastLane()
  changesItsQuery(@Query() query: ActDto): string {
    query.act += '!';
    return query.act;
  }
}

describe('the fast lane', () => {
  let test: TestApp;
  /** Whether each call was taken. */
  let taken: boolean[];
  beforeEach(async () => {
    taken = [];
    const take = Lane.prototype.take;
    vi.spyOn(Lane.prototype, 'take').mockImplementation(function (this: Lane, request, response) {
      const isTaken = take.call(this, request, response);
      taken.push(isTaken);
      return isTaken;
    });
    test = await startTestApp({ controllers: [ActsController] });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await test.app.close();
  });

  const callLines = () => test.logLines.filter(({ msg }) => msg === 'call');
  const json = (fields: object) => JSON.stringify(fields);

  describe.each(Object.keys(acts).filter((act) => act !== 'endless'))(
    'for a method that does this: %s',
    (act) => {
      it.each([
        ['POST', '/acts/marked', json({ act })],
        ['DELETE', '/acts/marked', json({ act })],
        ['GET', `/acts/marked?act=${act}`, undefined],
      ])('answers %s as the framework does', async (method, path, body) => {
        const byLane = await test.byLane(method, path, body);
        const [line] = callLines();
        expect(byLane).toEqual(await test.byFramework(method, path, body));
        expect(taken).toEqual([true, false]);
        const timeless = { time: expect.any(String), latencyUs: expect.any(Number) };
        await vi.waitFor(() => expect(callLines()).toEqual([line, { ...line, ...timeless }]));
      });
    },
  );

  it('does not take what is not marked', async () => {
    expect((await test.byLane('POST', '/acts/unmarked', json({ act: 'text' }))).status).toBe(201);
    expect(taken).toEqual([false]);
  });

  it('logs what nobody has foreseen under the trace id that the client is told, and no client sees it', async () => {
    const { status, text } = await test.byLane('POST', '/acts/marked', json({ act: 'Error' }));
    expect([status, JSON.parse(text)]).toMatchObject([500, { error: { code: 50001000 }, trace_id: 'test' }]);
    expect(text).not.toContain('secret');
    expect(taken).toEqual([true]);
    expect(test.logLines).toMatchObject([
      { level: 'ERROR', msg: 'a call failed', traceId: 'test', err: { message: 'secret' } },
      { level: 'ERROR', msg: 'call', traceId: 'test', status: 500, route: '/acts/marked' },
    ]);
  });

  it('leaves the refusal to the framework while the replica is not ready', async () => {
    const call = ['POST', '/acts/when-ready', json({ act: 'x' })] as const;
    expect((await test.byLane(...call)).status).toBe(201);
    test.readiness.drain();
    const refused = await test.byLane(...call);
    expect(refused.status).toBe(503);
    expect(refused).toEqual(await test.byFramework(...call));
    expect(taken).toEqual([true, false, false]);
  });

  it('tells that the connection ends as the framework does', async () => {
    test.readiness.drain();
    for (const act of ['null', 'rendered-at-length', 'ApiError']) {
      const answer = await test.byLane('POST', '/acts/marked', json({ act }));
      expect(answer.headers.join()).toContain('connection,close');
      expect(answer).toEqual(await test.byFramework('POST', '/acts/marked', json({ act })));
    }
    expect(taken).toEqual([true, false, true, false, true, false]);
  });

  it.each(['{"a":1}', '[1]', '5', 'null', '{', ' '])(
    'gives a method that states no rules what the framework gives: %s',
    async (body) => {
      const byLane = await test.byLane('POST', '/acts/no-rules', body);
      expect(byLane).toEqual(await test.byFramework('POST', '/acts/no-rules', body));
      expect(taken).toEqual([true, false]);
    },
  );

  it.each(['promise', 'observable'])('fails aloud rather than to send a %s', async (path) => {
    expect((await test.byLane('POST', `/acts/${path}`, json({ act: 'x' }))).status).toBe(500);
    const message = `the fast lane can't wait for what ActsController.${path} gives`;
    expect(test.logLines[0]).toMatchObject({ level: 'ERROR', err: { message } });
  });

  it('never lets one call change the query of another', async () => {
    const path = '/acts/changes-its-query?act=x';
    for (let i = 0; i < 2; i++) expect((await test.byLane('GET', path)).status).toBe(500);
    expect((await test.byFramework('GET', path)).text).toContain('"x!"');
  });

  /** A connection, and the server's end of it. */
  const connected = async () => {
    const accepted = once(test.app.getHttpServer() as Server, 'connection') as Promise<[Socket]>;
    const client = connect(test.port, '127.0.0.1').setNoDelay().setEncoding('utf8');
    return { client, served: (await accepted)[0] };
  };

  it.each([1, 7, 4_096, 16_384])(
    'puts a body together that comes in pieces of %i bytes',
    async (pieceBytes) => {
      const text = 'é'.repeat(6 * pieceBytes);
      const body = Buffer.from(json({ act: 'x', text }));
      const { client, served } = await connected();
      const answer = once(client, 'data');
      client.write(`POST /acts/marked HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\n\r\n`);
      for (let sent = 0; sent < body.length; sent += pieceBytes) {
        const read = served.bytesRead;
        client.write(body.subarray(sent, sent + pieceBytes));
        await vi.waitFor(() => expect(served.bytesRead).toBeGreaterThan(read), { interval: 1 });
      }
      expect(String(await answer)).toMatch(/^HTTP\/1\.1 202 /);
      await vi.waitFor(() => expect(callLines()).toMatchObject([{ status: 202 }]));
      expect(taken).toEqual([true]);
      client.destroy();
    },
  );

  it.each([
    ['closes', 'keep-alive', true],
    ['closes', 'TE', false],
    ['resets', 'keep-alive', true],
    ['resets', 'TE', false],
  ])(
    'acts on the whole call of a client that %s right behind it (%s)',
    async (leaves, connection, isTaken) => {
      const act = vi.spyOn(acts, 'nothing');
      for (let call = 1; call <= 20; call++) {
        const { client, served } = await connected();
        const closed = new Promise((resolve) => served.once('close', resolve));
        client.write(
          `DELETE /acts/marked HTTP/1.1\r\nHost: test\r\nConnection: ${connection}\r\nContent-Length: 17\r\n\r\n{"act":"nothing"}`,
        );
        if (leaves === 'closes') client.end();
        else client.resetAndDestroy();
        await closed;
        client.destroy();
        expect([taken.length, act.mock.calls.length, callLines().length]).toEqual([call, call, call]);
      }
      expect(taken).not.toContain(!isTaken);
    },
  );

  it.each([
    ['keep-alive', true],
    ['TE', false],
  ])(
    'counts and logs a client as one that hung up which leaves in the midst of its answer (%s)',
    async (connection, isTaken) => {
      const { client } = await connected();
      client.write(
        `GET /acts/marked?act=endless HTTP/1.1\r\nHost: test\r\nConnection: ${connection}\r\n\r\n`,
      );
      await once(client, 'data');
      expect([taken, callLines()]).toEqual([[isTaken], []]);
      client.destroy();
      await vi.waitFor(() => expect(callLines()).toMatchObject([{ status: 499, route: '/acts/marked' }]));
      expect([...test.metrics.render()].join('')).toContain(
        '{url="/acts/marked",method="GET",status_code="499"} 1',
      );
    },
  );

  it.each([
    ['keep-alive', true],
    ['TE', false],
  ])(
    'takes a client for one that hung up which is cut off before its answer (%s)',
    async (connection, isTaken) => {
      const { client, served } = await connected();
      const call = `GET /acts/marked?act=text HTTP/1.1\r\nHost: test\r\nConnection: ${connection}\r\n\r\n`;
      // More than a connection may have waiting.
      client.write(call.repeat(40));
      await new Promise((resolve) => served.once('close', resolve));
      expect(taken[0]).toBe(isTaken);
      expect(new Set(callLines().map(({ status }) => status))).toEqual(new Set([499]));
      client.destroy();
    },
  );

  it('counts a slow client once, with the time that it took to read', async () => {
    const { client } = await connected();
    client.write('GET /acts/marked?act=endless HTTP/1.1\r\nHost: test\r\n\r\n');
    await once(client, 'data');
    expect(callLines()).toEqual([]);
    client.resume();
    await vi.waitFor(() => expect(callLines()).toMatchObject([{ status: 200 }]), { timeout: 10_000 });
    client.destroy();
    await once(client, 'close');
    expect(callLines()).toHaveLength(1);
  });
});

describe('Lane', () => {
  it('remembers what it has read of 16,384 queries, and forgets the oldest', () => {
    const pipe = new DtoPipe();
    const read = vi.spyOn(pipe, 'transform');
    const lane = new Lane({ pipe } as unknown as LaneParts);
    const parameter = { type: 'query', metatype: ActDto } as const;
    lane.open([
      {
        name: 'x',
        method: 'GET',
        path: '/q',
        status: 200,
        input: 'query',
        parameter,
        config: {},
        handle: () => null,
      },
    ]);
    // Without a Host none of these calls is taken, but its query is read.
    const ask = (i: number) => {
      const request = { method: 'GET', url: `/q?act=${i}`, rawHeaders: [] } as unknown as IncomingMessage;
      expect(lane.take(request, {} as ServerResponse)).toBe(false);
      return read.mock.calls.length;
    };
    for (let i = 0; i < 16_384; i++) expect(ask(i)).toBe(i + 1);
    expect([ask(0), ask(16_383)]).toEqual([16_384, 16_384]);
    expect([ask(16_384), ask(16_384), ask(1)]).toEqual([16_385, 16_385, 16_385]);
    expect(ask(0)).toBe(16_386);
  });
});
