import type { Random } from '../random.js';
import type { Trace, TraceRequest } from './trace-request.js';

/** Requests per second: with 64 engines somewhat more than one request at work per engine. */
const ratePerS = 10;

/** Log-normal lengths, as production traces show: many short, few very long. */
const inputDistribution = { median: 4000, spread: 1, max: 128_000 };
const outputDistribution = { median: 250, spread: 0.8, max: 4000 };

/** How many requests a synthetic trace has unless told otherwise. */
export const syntheticRequests = 2000;

/** A trace of `count` requests with Poisson arrivals. The same `random` stream gives the same trace. */
export function syntheticTrace(count: number, random: Random): Trace {
  const requests: TraceRequest[] = [];
  let arrivalMs = 0;
  for (let index = 0; index < count; index++) {
    requests.push({
      arrivalMs,
      inputTokens: tokens(inputDistribution, random),
      outputTokens: tokens(outputDistribution, random),
    });
    arrivalMs += (-Math.log(1 - random.next()) * 1000) / ratePerS;
  }
  return { name: 'synthetic', requests };
}

function tokens(lengths: typeof inputDistribution, random: Random): number {
  const drawn = Math.round(lengths.median * Math.exp(lengths.spread * normal(random)));
  return Math.min(Math.max(drawn, 1), lengths.max);
}

/** A draw of the standard normal distribution (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
