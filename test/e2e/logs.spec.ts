import { afterEach, describe, expect, it, vi } from 'vitest';
import { call } from './support/call.js';
import { LoadCalls } from './support/load-calls.js';
import { exchange } from './support/raw.js';
import { type RunningReplica, startReplica } from './support/replica.js';

describe('the log', () => {
  let replica: RunningReplica | undefined;
  afterEach(() => replica?.close());
  const start = async (environment: Record<string, string> = {}) => {
    replica = await startReplica(environment);
    return { replica, calls: new LoadCalls(replica.url) };
  };
  const parsed = () => replica!.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const callLines = () => parsed().filter(({ msg }) => msg === 'call');
  const setLevel = (level: string) => call('POST', `${replica!.url}/log/level`, { LevelParam: level });

  describe('of calls', () => {
    const someCalls = async (calls: LoadCalls) => {
      await calls.record({ request_id: 'a' });
      await calls.record({ request_id: 'a', ip: '10.0.0.2' });
      await call('GET', `${calls.url}/nowhere?x=1`);
    };

    it('has those that failed, by default', async () => {
      const { calls } = await start();
      await someCalls(calls);
      expect(callLines()).toEqual([
        {
          level: 'WARN',
          msg: 'call',
          method: 'POST',
          route: '/v1/load/stats',
          status: 400,
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          traceId: expect.any(String),
          requestId: 'a',
          latencyUs: expect.any(Number),
          reason: 'duplicate_request',
          error: expect.stringContaining('is in flight'),
        },
        {
          level: 'WARN',
          msg: 'call',
          method: 'GET',
          route: 'unmatched',
          status: 404,
          time: expect.any(String),
          traceId: expect.any(String),
          latencyUs: expect.any(Number),
          reason: 'route_not_found',
          error: expect.any(String),
        },
      ]);
    });

    it('has each where all are asked for, with what identifies it', async () => {
      const { calls } = await start({ METADATA_CENTER_ACCESS_LOG: 'all' });
      await someCalls(calls);
      await call('DELETE', `${calls.url}/v1/load/prompt?request_id=q`, undefined, { TraceId: 'traced' });
      expect(callLines().map(({ level, status }) => [level, status])).toEqual([
        ['INFO', 200],
        ['WARN', 400],
        ['WARN', 404],
        ['INFO', 200],
      ]);
      const { time: _, latencyUs, ...last } = callLines().at(-1)!;
      expect(last).toEqual({
        level: 'INFO',
        msg: 'call',
        traceId: 'traced',
        requestId: 'q',
        method: 'DELETE',
        route: '/v1/load/prompt',
        status: 200,
      });
      expect(Number.isInteger(latencyUs)).toBe(true);
      expect(latencyUs).toBeGreaterThan(0);
    });

    it('has none where it is off', async () => {
      const { calls } = await start({ METADATA_CENTER_ACCESS_LOG: 'off' });
      await someCalls(calls);
      expect(callLines()).toEqual([]);
    });

    it('has our own faults as errors, whose stack no client sees', async () => {
      const { replica: running, calls } = await start({ METADATA_CENTER_LOAD_GC_INTERVAL: '1h' });
      vi.spyOn(running.clock, 'now').mockImplementationOnce(() => {
        throw new Error('secret');
      });
      const { status, text, body } = await calls.record({ request_id: 'a' });
      expect([status, body.error]).toEqual([
        500,
        {
          code: 50001000,
          message: 'internal error; the service’s log says more under this trace id',
          reason: 'internal_error',
        },
      ]);
      expect(text).not.toContain('secret');
      const errors = parsed().filter(({ level }) => level === 'ERROR');
      expect(errors).toMatchObject([
        {
          msg: 'a call failed',
          traceId: body.trace_id,
          err: { message: 'secret', stack: expect.stringContaining('logs.spec.ts') },
        },
        { msg: 'call', traceId: body.trace_id, requestId: 'a', status: 500, reason: 'internal_error' },
      ]);
      expect((await calls.record({ request_id: 'a' })).status).toBe(200);
    });
  });

  describe('level', () => {
    it('takes effect at once, for the calls and for the service', async () => {
      const { replica: running, calls } = await start({ METADATA_CENTER_ACCESS_LOG: 'all' });
      const write = async () => {
        const before = running.logLines.length;
        await calls.query('c');
        await calls.query('');
        for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
          running.replica.log[level]('service');
        }
        return parsed()
          .slice(before)
          .map(({ level, msg }) => `${level as string} ${msg as string}`);
      };
      const service = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].map((level) => `${level} service`);
      expect(await write()).toEqual(['INFO call', 'WARN call', ...service.slice(2)]);
      await setLevel('WARN');
      expect(await write()).toEqual(['WARN call', ...service.slice(3)]);
      await setLevel('ERROR');
      expect(await write()).toEqual(service.slice(4));
      await setLevel('FATAL');
      expect(await write()).toEqual(service.slice(5));
      await setLevel('TRACE');
      expect(await write()).toEqual(['INFO call', 'WARN call', ...service]);
      await setLevel('DEBUG');
      expect(await write()).toEqual(['INFO call', 'WARN call', ...service.slice(1)]);
    });

    it.each(['error', 'Error', 'ERROR'])('may be written %s', async (level) => {
      const { replica: running } = await start();
      const { status, body } = await setLevel(level);
      expect([status, body.data]).toEqual([200, 'log level updated successfully']);
      expect(running.replica.log.level).toBe('error');
    });

    it.each([{}, { LevelParam: 'LOUD' }, { levelparam: 'ERROR' }])('stays after %j', async (body) => {
      const { replica: running } = await start();
      expect((await call('POST', `${running.url}/log/level`, body)).status).toBe(400);
      expect(running.replica.log.level).toBe('info');
    });

    it('is what the environment says at the start', async () => {
      const { replica: running } = await start({ METADATA_CENTER_LOG_LEVEL: 'error' });
      expect(running.logLines).toEqual([]);
      expect(running.replica.log.level).toBe('error');
    });
  });

  describe('stays whole whatever clients send', () => {
    const hostile = [
      '\n',
      '\r\n',
      '\u001B[2J',
      '\u2028',
      '\u0085',
      '\u0000',
      '"',
      '\\',
      '\uD800',
      '\u007F',
      '\u009B',
    ];
    const injected = '{"level":"FATAL","msg":"forged"}';

    /** Calls with every hostile text in every place that has one; gives their number. */
    const attack = async (running: RunningReplica): Promise<number> => {
      const calls = new LoadCalls(running.url);
      let count = 0;
      for (const text of hostile) {
        const evil = `a${text}${injected}`;
        const before = count;
        const attacks = [
          calls.record({ request_id: evil }),
          calls.record({ request_id: `ok${before}`, cluster: evil }),
          calls.record({ request_id: `ok${before}`, ip: evil }),
          calls.record({ request_id: `ok${before}`, prompt_length: evil }),
          calls.post(`{"request_id":"${evil}"`),
          calls.post(evil),
          calls.remove({ request_id: evil }),
          calls.release({ request_id: evil, cluster: evil, ip: evil }),
          calls.query(text.toWellFormed()),
          call(
            'DELETE',
            `${running.url}/v1/load/stats?request_id=${encodeURIComponent(evil.toWellFormed())}`,
          ),
          call('GET', `${running.url}/${encodeURIComponent(evil.toWellFormed())}`),
          call('POST', `${running.url}/log/level`, { LevelParam: evil }),
          exchange(
            running.port,
            `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTraceId: ${evil}\r\n\r\n`,
          ),
          exchange(running.port, `GET /${evil} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
          exchange(running.port, `${evil} / HTTP/1.1\r\nHost: x\r\n\r\n`),
        ];
        count += attacks.length;
        await Promise.all(attacks);
      }
      return count;
    };
    const newLines = async (running: RunningReplica): Promise<string[]> => {
      const before = running.logLines.length;
      const count = await attack(running);
      await vi.waitFor(() => expect(running.logLines.length).toBeGreaterThanOrEqual(before + count));
      expect(running.logLines.length).toBe(before + count);
      return running.logLines.slice(before);
    };

    it('as JSON', async () => {
      const { replica: running } = await start({ METADATA_CENTER_ACCESS_LOG: 'all' });
      for (const line of await newLines(running)) {
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        const { level, msg } = JSON.parse(line) as Record<string, unknown>;
        expect(level).toMatch(/^(INFO|WARN)$/);
        expect(msg).toBe('call');
      }
    });

    it('as text', async () => {
      const { replica: running } = await start({
        METADATA_CENTER_ACCESS_LOG: 'all',
        METADATA_CENTER_LOG_FORMAT: 'text',
      });
      for (const line of await newLines(running)) {
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        const [, tail] = /^[-\dT:.Z]{24} (?:INFO |WARN ) call (\{.*\})$/.exec(line)!;
        expect(JSON.parse(tail!)).toMatchObject({ traceId: expect.any(String) as string });
      }
    });
  });

  it('tells once of a replica that was found and does not answer', async () => {
    // Port 9, "discard": nobody listens there.
    const { calls } = await start({ METADATA_CENTER_STATIC_PEERS: '127.0.0.1:9' });
    await vi.waitFor(async () => {
      const { body } = await call('GET', `${calls.url}/v1/replica/status`);
      expect(body.data).toMatchObject({ totals: { batches_failed: expect.toSatisfy((n: number) => n > 1) } });
    });
    const news = parsed().filter((line) => line['peer'] !== undefined);
    expect(news).toMatchObject([
      { level: 'INFO', msg: 'a replica was found', peer: '127.0.0.1:9', source: 'directory' },
      {
        level: 'WARN',
        msg: expect.stringMatching(/^a replica does not answer/) as string,
        reason: expect.stringContaining('ECONNREFUSED') as string,
      },
    ]);
  });

  it('as text is there when a call is answered, and to the last line', async () => {
    const { replica: running, calls } = await start({ METADATA_CENTER_LOG_FORMAT: 'text' });
    await calls.query('');
    expect(running.logLines.at(-1)).toMatch(/^[-\dT:.Z]{24} WARN  call \{.*"status":400,.*\}$/);
    replica = undefined;
    await running.close();
    expect(running.logLines.at(-1)).toMatch(/^[-\dT:.Z]{24} INFO  bye$/);
  });
});
