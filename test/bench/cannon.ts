import { writeSync } from 'node:fs';
import autocannon from 'autocannon';
import type { CannonPlan } from './hot-path/autocannon.ts';
import { textsOf } from './hot-path/calls.ts';
import { answerTimeoutSeconds } from './hot-path/generator.ts';
import type { Tally } from './hot-path/tally.ts';

/**
 * A closed-loop load by autocannon, in a process of its own: it shares no core with the server, nor its event loop with
 * the bench. The plan is its argument; the tally goes to stdout.
 */
const endLookMs = 10;

const plan = JSON.parse(process.argv[2]!) as CannonPlan;
const textOf = textsOf(plan.calls, plan.first);
let sent = 0;
let brokenConnections = 0;

const result = await autocannon({
  url: plan.url,
  connections: plan.connections,
  ...(plan.count === undefined ? { duration: plan.seconds } : { amount: plan.count }),
  timeout: answerTimeoutSeconds,
  // It looks for its end with each sample: by default once a second, and a load of two seconds would last three.
  sampleInt: endLookMs,
  setupClient: sendCalls,
});
const tally: Tally = {
  calls: result['2xx'] + result.non2xx,
  durationUs: (result.finish.getTime() - result.start.getTime()) * 1_000,
  failures: result.non2xx,
  brokenConnections,
};
writeSync(1, JSON.stringify(tally));

/**
 * Has a connection send the very bytes of the calls: requests that autocannon builds have one header more
 * (`Connection: keep-alive`), and cost more to build.
 */
function sendCalls(client: autocannon.Client): void {
  let isUnderWay = false;
  client.on('response', () => (isUnderWay = false));
  const getRequestBuffer = (): Buffer => {
    // It connects anew and goes on: after a time-out, after an error, and, counting none, where the server has ended.
    if (isUnderWay) brokenConnections++;
    isUnderWay = true;
    return Buffer.from(textOf(sent++), 'latin1');
  };
  Object.assign(client, { getRequestBuffer });
}
