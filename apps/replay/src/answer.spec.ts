import { describe, expect, it } from 'vitest';
import { readClusterLoad, readEnvelope } from './answer.js';
import { noLoad } from './engines.js';

describe('readEnvelope', () => {
  it('takes HTTP 200 with status "OK" only', () => {
    expect(readEnvelope(200, '{"status":"OK","error":null,"data":[1],"trace_id":"t"}')).toEqual({
      ok: true,
      value: [1],
    });
    expect(readEnvelope(201, '{"status":"OK","data":null}')).toMatchObject({ ok: false });
    expect(readEnvelope(200, '{"status":"ERROR","error":{"code":40001000}}')).toEqual({
      ok: false,
      reason: 'HTTP 200: {"status":"ERROR","error":{"code":40001000}}',
    });
  });

  it.each(['', 'null', '[]', '"OK"', '<html>\n bad gateway'])('refuses %j for an envelope', (body) => {
    const result = readEnvelope(200, body);
    expect(result).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^HTTP 200 without an envelope: [^\n]*$/) as string,
    });
  });
});

describe('readClusterLoad', () => {
  const engines = new Map([
    ['10.0.0.1', 0],
    ['10.0.0.2', 1],
  ]);
  const row = { ip: '10.0.0.2', queued_req_num: 3, prefill_req_num: 2, prompt_length: 90, updated_time: 1 };
  const load = { queuedRequests: 3, prefillRequests: 2, promptLength: 90 };

  it('puts rows in the order of the engines; one that is not listed has no load', () => {
    expect(readClusterLoad([row], engines)).toEqual({
      ok: true,
      value: { loads: [noLoad, load], strangers: [] },
    });
    expect(readClusterLoad([], engines)).toEqual({
      ok: true,
      value: { loads: [noLoad, noLoad], strangers: [] },
    });
  });

  it('tells of engines that are not ours, unless they are idle, and of engines listed twice', () => {
    const idle = { ip: '10.0.0.9', queued_req_num: 0, prefill_req_num: 0, prompt_length: 0 };
    const result = readClusterLoad([row, { ...row, ip: '10.0.0.8' }, idle, row], engines);
    expect(result).toEqual({
      ok: true,
      value: {
        loads: [noLoad, load],
        strangers: [expect.stringMatching(/^engine 10\.0\.0\.8 has load/), 'engine 10.0.0.2 is listed twice'],
      },
    });
  });

  it.each([
    [null, 'data must be a list of engines, it is null'],
    [undefined, 'data must be a list of engines, it is missing'],
    [[null], 'a row must have ip'],
    [[{ ...row, ip: 5 }], 'a row must have ip'],
    [[{ ...row, queued_req_num: -1 }], 'a row must have ip and three counts from 0'],
    [[{ ...row, queued_req_num: '3' }], 'a row must have ip'],
    [[{ ...row, prompt_length: 1.5 }], 'a row must have ip'],
    [[{ ...row, prefill_req_num: undefined }], 'a row must have ip'],
  ])('refuses data %j', (data, reason) => {
    expect(readClusterLoad(data, engines)).toEqual({
      ok: false,
      reason: expect.stringContaining(reason) as string,
    });
  });
});
