import { describe, expect, it } from 'vitest';
import { EngineLoadDto } from './engine-load.dto.js';

const maxInt32 = 2_147_483_647;
const engine = {
  ip: '10.0.0.1',
  queuedCount: 3,
  prefillCount: 2,
  promptLength: 512,
  updatedUs: 1_700_000,
  version: 1,
};

describe('EngineLoadDto', () => {
  it('has the counts, and the time in ns', () => {
    expect({ ...new EngineLoadDto(engine) }).toEqual({
      ip: '10.0.0.1',
      queued_req_num: 3,
      prompt_length: 512,
      updated_time: 1_700_000_000,
      prefill_req_num: 2,
    });
  });

  it.each([
    ['queuedCount', 'queued_req_num'],
    ['prefillCount', 'prefill_req_num'],
    ['promptLength', 'prompt_length'],
  ] as const)('stops %s at the greatest int32', (count, field) => {
    for (const [value, shown] of [
      [maxInt32, maxInt32],
      [maxInt32 + 1, maxInt32],
      [Number.MAX_SAFE_INTEGER, maxInt32],
    ] as const) {
      expect(new EngineLoadDto({ ...engine, [count]: value })[field]).toBe(shown);
    }
  });
});
