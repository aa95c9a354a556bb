import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callKinds, callsFor, schedule, type Step } from './schedule.js';
import type { TraceRequest } from './trace/trace-request.js';

const anyRequest = fc.record({
  // Few distinct values, so that steps of different requests often fall on one instant.
  arrivalMs: fc.integer({ min: 0, max: 8 }).map((tick) => tick * 20),
  inputTokens: fc.integer({ min: 0, max: 5 }).map((ticks) => ticks * 200),
  outputTokens: fc.integer({ min: 0, max: 5 }),
});
const hashIds = Uint32Array.of(1, 2);
const withPrefixes = (request: TraceRequest): TraceRequest => ({ ...request, hashIds });
const anyTrace = fc
  .array(fc.oneof(anyRequest, anyRequest.map(withPrefixes)), { maxLength: 40 })
  .map((requests) => requests.toSorted((a, b) => a.arrivalMs - b.arrivalMs));

const names = (steps: readonly Step[]): string[] =>
  steps.map(({ dueMs, index, call }) => `${dueMs} #${index} ${call}`);

describe('schedule', () => {
  it('prefills at 10 tokens per ms and decodes at 20 ms per token', () => {
    const requests: TraceRequest[] = [{ arrivalMs: 5, inputTokens: 6758, outputTokens: 500 }];
    expect(names([...schedule(requests)])).toEqual([
      '5 #0 query',
      '5 #0 record',
      '680.8 #0 release',
      '10680.8 #0 remove',
    ]);
  });

  it('asks for prefixes before the load, and saves them when the request is done', () => {
    const requests: TraceRequest[] = [{ arrivalMs: 5, inputTokens: 100, outputTokens: 1, hashIds }];
    expect(names([...schedule(requests)])).toEqual([
      '5 #0 locate',
      '5 #0 query',
      '5 #0 record',
      '15 #0 release',
      '35 #0 remove',
      '35 #0 save',
    ]);
  });

  it('lets a request that ends make room before one that arrives at the same instant', () => {
    const requests: TraceRequest[] = [
      { arrivalMs: 0, inputTokens: 100, outputTokens: 1 },
      { arrivalMs: 30, inputTokens: 0, outputTokens: 0 },
    ];
    expect(names([...schedule(requests)])).toEqual([
      '0 #0 query',
      '0 #0 record',
      '10 #0 release',
      '30 #0 remove',
      '30 #1 query',
      '30 #1 record',
      '30 #1 release',
      '30 #1 remove',
    ]);
  });

  it('gives each request its calls in order, everything in order of time', () => {
    fc.assert(
      fc.property(anyTrace, (requests) => {
        const steps = [...schedule(requests)];
        for (const [index, request] of requests.entries()) {
          const own = steps.filter((step) => step.index === index);
          expect(own.map(({ call }) => call)).toEqual(callsFor([request]));
          expect(own.every((step) => step.request === request)).toBe(true);
        }
        expect(steps).toHaveLength(requests.reduce((sum, request) => sum + callsFor([request]).length, 0));
        const order = steps.map(({ dueMs, index }) => [dueMs, index] as const);
        expect(order).toEqual(order.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
      }),
    );
  });

  it('makes all six calls for a trace in which one request has prefixes', () => {
    const request = { arrivalMs: 0, inputTokens: 1, outputTokens: 1 };
    expect(callsFor([request])).toEqual(['query', 'record', 'release', 'remove']);
    expect(callsFor([request, { ...request, hashIds }])).toEqual(callKinds);
  });

  it('is lazy: an endless trace needs no memory for what has not arrived', () => {
    let read = 0;
    const requests = {
      at(index: number): TraceRequest {
        read = Math.max(read, index);
        return { arrivalMs: index, inputTokens: 0, outputTokens: 0 };
      },
    };
    const steps = schedule(requests);
    for (let taken = 0; taken < 400; taken++) steps.next();
    expect(read).toBe(100);
  });
});
