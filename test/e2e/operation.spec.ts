import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { call } from './support/call.js';
import { ServiceProcess, serve } from './support/process.js';
import { RawConnection } from './support/raw-connection.js';
import { serviceProgram } from './support/service-program.js';

const record = JSON.stringify({ cluster: 'llama', request_id: 'r', ip: '10.0.0.1', prompt_length: 512 });
const connectionClose = /^connection: close\r$/im;

/** What nobody may miss at the end: the exit code, no signal, nothing on stderr. */
const cleanly = { code: 0, signal: null, stderr: '' };

describe('a service process', () => {
  it('answers probes on both ports, and serves each port’s own calls only', async () => {
    await using serving = await serve();
    for (const url of [serving.url, serving.adminUrl]) {
      expect(await call('GET', `${url}/healthz`)).toMatchObject({ status: 200, body: { data: 'healthy' } });
      expect(await call('GET', `${url}/readyz`)).toMatchObject({ status: 200, body: { data: 'ready' } });
    }
    for (const path of ['/debug/pprof/profile?seconds=1', '/debug/pprof/heap']) {
      expect((await call('GET', `${serving.url}${path}`)).body.error?.code).toBe(40400000);
    }
    for (const path of ['/v1/load/stats?cluster=llama', '/metrics', '/docs']) {
      expect((await call('GET', `${serving.adminUrl}${path}`)).body.error?.code).toBe(40400000);
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends within a second of %s while idle clients stay connected',
    async (signal) => {
      await using serving = await serve();
      const open = [serving.apiPort, serving.apiPort, serving.adminPort].map(async (port) => {
        const connection = await RawConnection.open(port);
        expect(await connection.get('/healthz')).toContain('200 OK');
        return connection;
      });
      const connections = await Promise.all(open);
      // One that a client opened ahead of need; the call after it makes sure that the service knows of it.
      connections.push(await RawConnection.open(serving.apiPort));
      await connections[0]!.get('/healthz');

      const ending = await serving.service.end(signal);
      expect(ending).toMatchObject(cleanly);
      expect(ending.tookMs).toBeLessThan(1000);
      await Promise.all(connections.map(({ closed }) => closed));
    },
  );

  it('takes two signals for one', async () => {
    await using serving = await serve();
    const connection = await RawConnection.open(serving.apiPort);
    const rest = await connection.sendHalf('/v1/load/stats', record);
    const ending = serving.service.end('SIGTERM');
    await serving.service.lineWith('"msg":"shutting down"');
    serving.service.signal('SIGTERM');
    serving.service.signal('SIGINT');
    connection.send(rest);
    expect(await connection.receiveAnswer()).toContain('200 OK');
    expect(await ending).toMatchObject(cleanly);
    expect((await ending).stdout.match(/shutting down/g)).toHaveLength(1);
  });

  it('writes its log for people where that is asked for', async () => {
    await using service = new ServiceProcess({ METADATA_CENTER_LOG_FORMAT: 'text' });
    const ready = await service.lineWith(' ready ');
    expect(ready).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z INFO  ready \{.*"bootstrap":"alone"\}$/);
    expect(await service.lineWith('listening')).toMatch(/ INFO  listening \{.*"apiPort":\d+.*\}$/);
    expect(await service.end('SIGTERM')).toMatchObject(cleanly);
  });
});

describe.concurrent('a service process with calls under way', () => {
  it('answers them after the signal, and says that it closes', async () => {
    await using serving = await serve();
    const inFlight = await RawConnection.open(serving.apiPort);
    const rest = await inFlight.sendHalf('/v1/load/stats', record);
    const probe = await RawConnection.open(serving.adminPort);
    expect(await probe.get('/readyz')).toContain('200 OK');
    const secondProbe = await RawConnection.open(serving.adminPort);

    const ending = serving.service.end('SIGTERM');
    await serving.service.lineWith('"msg":"shutting down"');
    const readiness = await probe.get('/readyz');
    expect(readiness).toContain('503 Service Unavailable');
    expect(readiness).toContain('"code":50300000');
    expect(await secondProbe.get('/healthz')).toContain('200 OK');

    inFlight.send(rest);
    const answer = await inFlight.receiveAnswer();
    expect(answer).toContain('200 OK');
    expect(answer).toMatch(connectionClose);
    await inFlight.closed;
    const { tookMs, ...ended } = await ending;
    expect(ended).toMatchObject(cleanly);
    expect(tookMs).toBeLessThan(5000);
  });

  it('refuses a call that begins after the signal on a connection that was there before', async () => {
    await using serving = await serve();
    const keptAlive = await RawConnection.open(serving.apiPort);
    expect(await keptAlive.get('/v1/load/stats?cluster=llama')).toContain('200 OK');
    // With a byte of the next call under way, the connection is not idle and outlives the signal. The calls
    // beside it make sure that the byte has been read.
    keptAlive.send('G');
    const beside = await RawConnection.open(serving.apiPort);
    await beside.get('/healthz');
    await beside.get('/healthz');

    const ending = serving.service.end('SIGTERM');
    await serving.service.lineWith('"msg":"shutting down"');
    keptAlive.send('ET /v1/load/stats?cluster=llama HTTP/1.1\r\nHost: test\r\n\r\n');
    const answer = await keptAlive.receiveAnswer();
    expect(answer).toContain('503 Service Unavailable');
    expect(answer).toContain('"code":50300000');
    expect(answer).toMatch(connectionClose);
    await keptAlive.closed;
    const { tookMs, ...ended } = await ending;
    expect(ended).toMatchObject(cleanly);
    expect(tookMs).toBeLessThan(5000);
  });

  it('goes on while nobody reads its log', async () => {
    await using serving = await serve({ METADATA_CENTER_ACCESS_LOG: 'all' });
    serving.service.stopReading();
    // Each line has 150 bytes and more: in all, more than the pipe and its reader hold.
    for (let i = 0; i < 1_500; i++) await call('GET', `${serving.url}/healthz`);
    expect((await call('GET', `${serving.url}/readyz`)).status).toBe(200);
  });

  it('loads nothing before it heeds signals', () => {
    const main = readFileSync(serviceProgram, 'utf8');
    expect(main).not.toMatch(/^import /m);
    expect(main.indexOf("process.on('SIGTERM'")).toBeLessThan(main.indexOf('import('));
  });

  it('keeps the shape of ticks before it loads what makes garbage', () => {
    const main = readFileSync(serviceProgram, 'utf8');
    const places = ['keepTickShape()', "import('./serve.js')"].map((text) => main.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('ends at once while a CPU profile is taken, which goes out as far as it is', async () => {
    await using serving = await serve();
    const connection = await RawConnection.open(serving.adminPort);
    // Known to the service, so that it reads what follows before any call on a connection that is new.
    await connection.get('/healthz');
    connection.send('GET /debug/pprof/profile?seconds=60 HTTP/1.1\r\nHost: test\r\n\r\n');
    const isBusy = async () => (await call('GET', `${serving.adminUrl}/debug/pprof/heap`)).status === 429;
    while (!(await isBusy()));
    const ending = serving.service.end('SIGTERM');
    const profile = await connection.receive(/HTTP\/1\.1 200 OK\r\n[^]*?\r\n\r\n/);
    expect(profile).toMatch(/application\/octet-stream[^]*connection: close/i);
    const { tookMs, ...ended } = await ending;
    expect(ended).toMatchObject(cleanly);
    expect(tookMs).toBeLessThan(5000);
    await connection.closed;
  });

  it('ends within 10 s of the signal where a client never finishes', async () => {
    await using serving = await serve();
    const connection = await RawConnection.open(serving.apiPort);
    await connection.sendHalf('/v1/load/stats', record);
    const { tookMs, ...ended } = await serving.service.end('SIGTERM');
    expect(ended).toMatchObject(cleanly);
    expect(tookMs).toBeLessThan(10_000);
    await connection.closed;
  });
});

describe.concurrent('a service process that cannot start', () => {
  it.each([
    ['METADATA_CENTER_HTTP_PORT', 'API'],
    ['METADATA_CENTER_ADMIN_PORT', 'admin'],
  ])('says that the port of %s is in use', async (variable) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await using service = new ServiceProcess({ [variable]: String(port) });
    expect(await service.ended).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `metadata-center: cannot listen on 127.0.0.1 port ${port}: the port is in use; set ${variable} to another\n`,
    });
    holder.close();
  });

  it('says that the address is not this machine’s', async () => {
    // 192.0.2.0/24 is for documents (RFC 5737): no machine has it.
    await using service = new ServiceProcess({ METADATA_CENTER_HTTP_HOST: '192.0.2.1' });
    expect(await service.ended).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr:
        'metadata-center: cannot listen on 192.0.2.1 port 0: this machine does not have the address; ' +
        'set METADATA_CENTER_HTTP_HOST to one that it has\n',
    });
  });

  it('names each bad variable in a line of its own', async () => {
    await using service = new ServiceProcess({
      METADATA_CENTER_LOG_LEVEL: 'LOUD',
      METADATA_CENTER_HTTP_PORT: '65536',
      POD_IP: 'fe80::\n1',
    });
    const { code, stdout, stderr } = await service.ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      [
        'metadata-center: METADATA_CENTER_HTTP_PORT is "65536"; it must be an integer from 0 to 65535',
        'metadata-center: METADATA_CENTER_LOG_LEVEL is "LOUD"; it must be TRACE | DEBUG | INFO | WARN | ERROR | FATAL',
        'metadata-center: POD_IP is "fe80::\\n1"; it must be an IPv4 or IPv6 address',
        '',
      ].join('\n'),
    );
  });
});
