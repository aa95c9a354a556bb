import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import { AnswerReader } from './hot-path/answer-reader.ts';
import { textsOf } from './hot-path/calls.ts';
import type { PacerPlan, PacerReport } from './hot-path/paced.ts';
import { Schedule } from './hot-path/schedule.ts';
import { quantile } from './statistics.ts';

/**
 * An open-loop load: sends calls at a fixed rate, whatever the answers do. A call's latency counts from the moment at
 * which it was to be sent, so what a server makes others wait while it stalls is in it. So is what this process itself
 * is late by; that is measured too, as its lag. Without a rate it sends as fast as the answers come.
 *
 * It is a process of its own: it never sleeps, since a timer is late by up to 1 ms, and nothing else may delay it.
 * The plan is its argument; the report goes to stdout.
 */
const progressTimeoutMs = 10_000;

const plan = JSON.parse(process.argv[2]!) as PacerPlan;
const schedule = new Schedule(plan.count, plan.callsPerSecond);
const textOf = textsOf(plan.calls, plan.first);
const latenciesMs = new Float64Array(plan.count);
const lagsMs = new Float64Array(plan.count);
const idle: ((index: number) => void)[] = [];
/** Of all connections: what one has read is done with before another reads. */
const buffer = Buffer.allocUnsafe(65_536);
let due = 0;
let sent = 0;
let answered = 0;
let answeredBefore = 0;

for (let index = 0; index < plan.connections; index++) idle.push(await openConnection());
const startedMs = performance.now();
setInterval(failWithoutProgress, progressTimeoutMs);
sendWhatIsDue();

/** @returns what sends a call over the connection */
async function openConnection(): Promise<(index: number) => void> {
  const reader = new AnswerReader();
  let current = -1;
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(plan.url).port),
    noDelay: true,
    // Into the same bytes each time: room made anew for each answer has made this process late by milliseconds.
    onread: {
      buffer,
      callback: (bytes) => {
        onAnswer(buffer.subarray(0, bytes));
        return true;
      },
    },
  });
  const send = (index: number): void => {
    current = index;
    socket.write(textOf(index), 'latin1');
  };
  const onAnswer = (chunk: Buffer): void => {
    const status = reader.read(chunk);
    if (status === undefined) return;
    if (status !== plan.calls[current % plan.calls.length]!.status)
      fail(`answered with ${status}: ${chunk.toString('latin1', 0, 1_000)}`);
    latenciesMs[current] = performance.now() - startedMs - schedule.dueMs(current);
    if (++answered === plan.count) report();
    if (sent < due) send(sent++);
    else idle.push(send);
  };
  await once(socket, 'connect');
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the server closed a connection'));
  return send;
}

function sendWhatIsDue(): void {
  let elapsedMs = performance.now() - startedMs;
  while (schedule.isDue(due, elapsedMs)) {
    lagsMs[due] = elapsedMs - schedule.dueMs(due);
    due++;
    // The connection that has rested longest: all are in use, as behind a gateway. None is: the call waits in line.
    if (idle.length > 0) idle.shift()!(sent++);
    elapsedMs = performance.now() - startedMs;
  }
  if (due < plan.count) setImmediate(sendWhatIsDue);
}

function failWithoutProgress(): void {
  if (answered === answeredBefore) fail(`${plan.count - answered} calls without an answer`);
  answeredBefore = answered;
}

function report(): never {
  const from = Math.min(plan.count - 1, plan.uncounted);
  const seconds = (performance.now() - startedMs) / 1_000;
  const figuresOf = (figures: Float64Array): PacerReport['latency'] => {
    const sorted = figures.subarray(from).sort();
    const [p50Ms, p99Ms, p999Ms, maxMs] = [0.5, 0.99, 0.999, 1].map((share) => quantile(sorted, share));
    return { p50Ms: p50Ms!, p99Ms: p99Ms!, p999Ms: p999Ms!, maxMs: maxMs! };
  };
  const result: PacerReport = {
    callsPerSecond: plan.count / seconds,
    latency: figuresOf(latenciesMs),
    lag: figuresOf(lagsMs),
  };
  writeSync(1, JSON.stringify(result));
  process.exit(0);
}

function fail(reason: string): never {
  writeSync(1, `${plan.url}: ${reason}\n`);
  process.exit(1);
}
