import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Pipelines } from './pipelines.js';

interface FakeSocket {
  destroyed: boolean;
  writableEnded: boolean;
  destroy(): void;
}

function openSocket(): FakeSocket {
  const socket = { destroyed: false, writableEnded: false, destroy: () => void (socket.destroyed = true) };
  return socket;
}

/** As much of an answer as a pipeline asks for. */
class FakeAnswer extends EventEmitter {
  closed = false;

  close(): void {
    this.closed = true;
    this.emit('close');
  }
}

describe('Pipelines', () => {
  let pipelines: Pipelines;
  let socket: FakeSocket;
  beforeEach(() => {
    pipelines = new Pipelines();
    socket = openSocket();
  });

  const call = (on = socket) => ({ socket: on }) as unknown as IncomingMessage;
  const enterAtOnce = (answer: FakeAnswer, on = socket) =>
    pipelines.enterAtOnce(call(on), answer as unknown as ServerResponse);
  const enqueue = (answer: FakeAnswer) => {
    const enter = vi.fn<() => void>();
    pipelines.enqueue(call(), answer as unknown as ServerResponse, enter);
    return enter;
  };

  it('let a call in at once where none is before it', () => {
    const first = new FakeAnswer();
    expect(enterAtOnce(first)).toBe(true);
    first.close();
    expect(enterAtOnce(new FakeAnswer())).toBe(true);
    expect(enterAtOnce(new FakeAnswer(), openSocket())).toBe(true);
  });

  it.each(['enterAtOnce', 'enqueue'] as const)('let none in at once behind one that came by %s', (by) => {
    const first = new FakeAnswer();
    if (by === 'enqueue') expect(enqueue(first)).toHaveBeenCalledOnce();
    else expect(enterAtOnce(first)).toBe(true);
    expect(enterAtOnce(new FakeAnswer())).toBe(false);
    first.close();
    expect(enterAtOnce(new FakeAnswer())).toBe(true);
  });

  it('change nothing where they do not let a call in', () => {
    const [first, refused, queued, last] = Array.from({ length: 4 }, () => new FakeAnswer());
    expect(enterAtOnce(first!)).toBe(true);
    expect(enterAtOnce(refused!)).toBe(false);
    const enter = enqueue(queued!);
    const enterLast = enqueue(last!);
    expect(enter).not.toHaveBeenCalled();
    first!.close();
    expect(enter).toHaveBeenCalledOnce();
    expect(enterLast).not.toHaveBeenCalled();
    expect(enterAtOnce(new FakeAnswer())).toBe(false);
    queued!.close();
    last!.close();
    expect(enterLast).toHaveBeenCalledOnce();
    expect(enterAtOnce(new FakeAnswer())).toBe(true);
  });

  it.each(['destroyed', 'writableEnded'] as const)('let none in on a connection that is %s', (end) => {
    const first = new FakeAnswer();
    enqueue(first);
    const waiting = enqueue(new FakeAnswer());
    socket[end] = true;
    first.close();
    expect(waiting).not.toHaveBeenCalled();
    expect(enterAtOnce(new FakeAnswer())).toBe(false);
  });

  it('cut a connection off behind the 32nd call that waits', () => {
    expect(enterAtOnce(new FakeAnswer())).toBe(true);
    for (let i = 0; i < 32; i++) enqueue(new FakeAnswer());
    expect(socket.destroyed).toBe(false);
    enqueue(new FakeAnswer());
    expect(socket.destroyed).toBe(true);
  });
});
