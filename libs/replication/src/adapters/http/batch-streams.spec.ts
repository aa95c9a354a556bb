import { type Server, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, Upgrades } from '#platform';
import type { OutgoingBatch } from '../../application/batch-format.js';
import { batchPath, batchStreamProtocol } from './batch-stream.js';
import type { BatchReader } from './batch-reader.js';
import { BatchStreams } from './batch-streams.js';
import { HttpPeerClient } from './http-peer-client.js';

const options = {
  dialTimeoutMs: 500,
  requestTimeoutMs: 300,
  maxConnections: 4,
  idleTimeoutMs: 60_000,
  keepAlivePeriodMs: 10_000,
};
const answered = { epoch: 'fedcba9876543210', state: 'ready', outcome: 'applied', applied: 7 };

const batch = (first: number): OutgoingBatch => ({
  origin: '127.0.0.1:1',
  epoch: '0123456789abcdef',
  first,
  oldest: 1,
  events: [],
});

/** Both ends over real sockets, and what came by a stream. */
describe('The stream of batches to a peer', () => {
  const upgrades = new Upgrades();
  let server: Server;
  let address: string;
  let client: HttpPeerClient;
  let calls: number;
  let lines: number[];
  let answerLine: (first: number) => Promise<object>;
  let sockets: Duplex[];

  beforeEach(async () => {
    calls = 0;
    lines = [];
    sockets = [];
    answerLine = async () => answered;
    const batchReader = {
      execute: async (line: Buffer) => {
        const { first } = JSON.parse(line.toString()) as { first: number };
        lines.push(first);
        return answerLine(first);
      },
    } as unknown as BatchReader;
    new BatchStreams(upgrades, batchReader).onModuleInit();
    server = createServer((request, response) => {
      calls++;
      request.resume().on('end', () => response.end(JSON.stringify({ data: answered })));
    });
    server.on('upgrade', (request, socket, head) => {
      sockets.push(socket);
      upgrades.accept(request, socket, head);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new HttpPeerClient(options, { nowMs: () => performance.now() });
    await client.sendBatch(address, batch(1));
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    await vi.waitFor(async () => {
      await client.sendBatch(address, batch(2));
      expect(lines).not.toEqual([]);
    });
    calls = 0;
    lines = [];
  });
  afterEach(() => {
    client.forget(address);
    upgrades.end();
    server.closeAllConnections();
    server.close();
  });

  it('carries batches and answers, as calls would', async () => {
    const { state, ...rest } = answered;
    expect(await client.sendBatch(address, batch(3))).toEqual({ ...rest, phase: state });
    await client.sendBatch(address, batch(4));
    expect([lines, calls]).toEqual([[3, 4], 0]);
  });

  it('carries refusals in the peer’s own words, and goes on', async () => {
    answerLine = async () => {
      throw new ApiError('invalidArgument', 'first must be a sequence number, an integer from 1');
    };
    await expect(client.sendBatch(address, batch(3))).rejects.toThrow(
      'status 400: first must be a sequence number, an integer from 1',
    );
    answerLine = async () => answered;
    await client.sendBatch(address, batch(3));
    expect(calls).toBe(0);
  });

  it('ends with a time-out, so that a late answer is not taken for the next; then a call begins anew', async () => {
    let release = (): void => {};
    answerLine = () => new Promise((resolve) => (release = () => resolve({ ...answered, applied: 99 })));
    await expect(client.sendBatch(address, batch(3))).rejects.toThrow('no answer within 300 ms');
    answerLine = async () => answered;
    release();
    expect(await client.sendBatch(address, batch(3))).toMatchObject({ applied: 7 });
    expect(calls).toBe(1);
    await vi.waitFor(() => expect(sockets).toHaveLength(2));
  });

  it('that is cut fails the batch under way, and the next is a call', async () => {
    answerLine = () => new Promise(() => {});
    const sent = client.sendBatch(address, batch(3));
    await vi.waitFor(() => expect(lines).toEqual([3]));
    sockets[0]!.destroy();
    await expect(sent).rejects.toThrow('the connection was closed');
    await client.sendBatch(address, batch(3));
    expect(calls).toBe(1);
  });

  it('answers lines that came at once in their order, and cuts off a line without an end', async () => {
    const socket = await openRaw();
    const answers = readLines(socket);
    socket.write(`${JSON.stringify(batch(11))}\n${JSON.stringify(batch(12))}\n`);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    expect(lines).toEqual([11, 12]);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.write('x'.repeat(1024 * 1024 + 1));
    await closed;
  });

  it('lets others have their turn between lines that came at once', async () => {
    const turns: number[] = [];
    answerLine = async () => {
      setImmediate(() => turns.push(lines.length));
      return answered;
    };
    const socket = await openRaw();
    socket.write([11, 12, 13].map((first) => `${JSON.stringify(batch(first))}\n`).join(''));
    await vi.waitFor(() => expect(turns).toEqual([1, 2, 3]));
  });

  it('holds up a peer that does not wait for its answers, and loses nothing', async () => {
    const releases: (() => void)[] = [];
    answerLine = () => new Promise((resolve) => releases.push(() => resolve(answered)));
    const socket = await openRaw();
    const answers = readLines(socket);
    const padding = ' '.repeat(1024);
    const firsts = Array.from({ length: 16 * 1024 }, (_, i) => i + 11);
    socket.write(firsts.map((first) => `${JSON.stringify(batch(first))}${padding}\n`).join(''));
    const served = sockets.at(-1)!;
    await vi.waitFor(() =>
      expect(served.readableLength).toBeGreaterThanOrEqual(served.readableHighWaterMark),
    );
    expect([lines, answers]).toEqual([[11], []]);
    expect((served as Socket).bytesRead).toBeLessThan(512 * 1024);
    answerLine = async () => answered;
    releases[0]!();
    await vi.waitFor(() => expect(answers).toHaveLength(firsts.length), { timeout: 5_000 });
    expect(lines).toEqual(firsts);
  }, 10_000);

  it('holds up a peer that does not read its answers', async () => {
    answerLine = async () => ({ ...answered, padding: 'x'.repeat(1024) });
    const socket = (await openRaw()).pause();
    const firsts = Array.from({ length: 20_000 }, (_, i) => i + 11);
    socket.write(firsts.map((first) => `${JSON.stringify(batch(first))}\n`).join(''));
    const served = sockets.at(-1)!;
    await vi.waitFor(() => expect(served.writableNeedDrain).toBe(true), { timeout: 5_000 });
    expect(served.writableLength).toBeLessThan(served.writableHighWaterMark + 2 * 1024);
    const answers = readLines(socket.resume());
    await vi.waitFor(() => expect(answers).toHaveLength(firsts.length), { timeout: 5_000 });
    expect(lines).toEqual(firsts);
  }, 15_000);

  it('ends with the peer’s side of the connection, after the answers to what it had sent', async () => {
    const socket = await openRaw();
    const answers = readLines(socket);
    socket.end(`${JSON.stringify(batch(11))}\n`);
    await vi.waitFor(() => expect(sockets.at(-1)!.closed).toBe(true));
    expect([lines, answers.length]).toEqual([[11], 1]);
  });

  async function openRaw(): Promise<Socket> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(
      `GET ${batchPath} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${batchStreamProtocol}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    return socket;
  }
});

function readLines(socket: Socket): string[] {
  const answers: string[] = [];
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const parts = `${rest}${chunk.toString()}`.split('\n');
    rest = parts.pop()!;
    answers.push(...parts);
  });
  return answers;
}
