import { describe, expect, it } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\nx-trace-id: a\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello',
);
const failure = Buffer.from('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno');

describe('the reader of answers', () => {
  it('gives the status of an answer that comes whole', () => {
    const reader = new AnswerReader();
    expect(reader.read(answer)).toBe(200);
    expect(reader.read(failure)).toBe(503);
  });

  it('gives it with the last byte, wherever the answer is cut', () => {
    for (let cut = 1; cut < answer.length; cut++) {
      const reader = new AnswerReader();
      expect(reader.read(answer.subarray(0, cut))).toBeUndefined();
      expect(reader.read(answer.subarray(cut))).toBe(200);
    }
  });

  it('gives it when each byte comes alone, and goes on to the next answer', () => {
    const reader = new AnswerReader();
    const statuses = [...answer, ...failure].map((byte) => reader.read(Buffer.of(byte)));
    expect(statuses.filter((status) => status !== undefined)).toEqual([200, 503]);
  });

  it('keeps nothing of the bytes that it was given: they may be overwritten', () => {
    const reader = new AnswerReader();
    const bytes = Buffer.alloc(20);
    for (let at = 0; at + 20 < answer.length; at += 20) {
      answer.copy(bytes, 0, at);
      expect(reader.read(bytes)).toBeUndefined();
    }
    expect(reader.read(answer.subarray(answer.length - (answer.length % 20)))).toBe(200);
  });

  it('refuses an answer without a length', () => {
    const chunked = Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    expect(() => new AnswerReader().read(chunked)).toThrow('an answer without a length');
  });

  it('refuses more than was asked for', () => {
    expect(() => new AnswerReader().read(Buffer.concat([answer, failure]))).toThrow('more than an answer');
  });
});
