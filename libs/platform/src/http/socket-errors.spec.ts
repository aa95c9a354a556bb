import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessLog } from './access-log.js';
import { CallJournal } from './call-journal.js';
import { HttpMetrics } from './http-metrics.js';
import { SocketErrors } from './socket-errors.js';

/** A connection whose client has not closed its side. */
function openSocket(): Socket {
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  return socket as Socket;
}

describe('SocketErrors', () => {
  let errors: SocketErrors;
  let socket: Socket;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    errors = new SocketErrors(
      new CallJournal(new HttpMetrics(), new AccessLog(pino({ enabled: false }), 'off')),
    );
    socket = openSocket();
  });
  afterEach(() => vi.useRealTimers());

  const answers = [
    ['a parser’s error', () => errors.onClientError(new Error('garbage'), socket)],
    ['CONNECT', () => errors.onConnect({ headers: {} } as IncomingMessage, socket)],
  ] as const;

  it.each(answers)('cuts off a client that stays after the answer to %s', async (_, answer) => {
    answer();
    await once(socket, 'finish');
    vi.advanceTimersByTime(999);
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket.destroyed).toBe(true);
  });

  it.each(answers)('keeps no timer for a client that goes after the answer to %s', async (_, answer) => {
    answer();
    expect(vi.getTimerCount()).toBe(1);
    socket.destroy();
    await once(socket, 'close');
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(answers)('survives a reset after the answer to %s', (_, answer) => {
    answer();
    // Without a listener, an error would end the process.
    expect(() => socket.emit('error', new Error('ECONNRESET'))).not.toThrow();
    expect(socket.destroyed).toBe(true);
  });
});
