import { expect, it } from 'vitest';
import { uniqueTimestamps } from './timestamps.js';

it('gives no timestamp twice, though the clock stands still or goes back', () => {
  const readings = [5n, 5n, 5n, 3n, 20n];
  const next = uniqueTimestamps({ unixNs: () => readings.shift() ?? 0n });
  expect(Array.from({ length: 5 }, next)).toEqual([5n, 6n, 7n, 8n, 20n]);
});
