import { beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.js';
import { SimulatedNetwork, soundLink } from './simulated-network.js';
import { SimulatedProcess } from './simulated-process.js';
import { SimulatedTime } from './simulated-time.js';

interface Counter {
  served: number;
}

describe('a simulated network', () => {
  let time: SimulatedTime;
  let network: SimulatedNetwork<Counter>;
  let caller: { readonly address: string; readonly process: SimulatedProcess };
  let callee: SimulatedProcess;
  let counter: Counter;
  beforeEach(() => {
    time = new SimulatedTime();
    const random = new SeededRandom(1, 'network');
    const traits = { monotonicOffsetMs: 0, wallClockMs: 0, turnMs: 0 };
    network = new SimulatedNetwork(time, random);
    caller = { address: 'a', process: new SimulatedProcess(time, random, traits) };
    callee = new SimulatedProcess(time, random, traits);
    counter = { served: 0 };
    network.attach('b', { process: callee, server: counter });
  });

  /** What the caller is told within a time-out of 100 ms. */
  async function call(to = 'b'): Promise<string> {
    let outcome = 'nothing';
    network
      .call(caller, to, 100, ({ server }) => `call ${++server.served}`)
      .then(
        (answer) => (outcome = answer),
        (error: Error) => (outcome = error.message),
      )
      .catch(() => undefined);
    await time.runUntil(time.nowMs + 100);
    return outcome;
  }

  it('brings calls and answers, and refusals where nobody listens', async () => {
    expect(await call()).toBe('call 1');
    expect(await call('c')).toBe('c refused the connection');
    callee.kill();
    expect(await call()).toBe('b refused the connection');
  });

  it('may lose the call, or its answer alone: then it was served all the same', async () => {
    network.block('a', 'b');
    expect(await call()).toBe('b did not answer within 100 ms');
    expect(counter.served).toBe(0);
    network.unblock('a', 'b');
    network.block('b', 'a');
    expect(await call()).toBe('b did not answer within 100 ms');
    expect(counter.served).toBe(1);
    network.heal();
    expect(await call()).toBe('call 2');
  });

  it('may double a call, which is answered once', async () => {
    network.shape('a', 'b', { ...soundLink, duplicateRate: 1 });
    expect(await call()).toMatch(/^call [12]$/);
    expect(counter.served).toBe(2);
  });

  it('may bring a call after its caller has given up, and knows when the last of these arrives', async () => {
    network.shape('a', 'b', { ...soundLink, minDelayMs: 200, maxDelayMs: 200, lateRate: 1, maxLateMs: 50 });
    expect(await call()).toBe('b did not answer within 100 ms');
    expect(counter.served).toBe(0);
    expect(network.lastLateMs).toBeGreaterThanOrEqual(200);
    await time.runUntil(network.lastLateMs + 1);
    expect(counter.served).toBe(1);
  });

  it('fails with what the callee has thrown', async () => {
    const failing = network.call(caller, 'b', 100, () => {
      throw new Error('no');
    });
    const outcome = expect(failing).rejects.toThrow('b failed: no');
    await time.runUntil(100);
    await outcome;
  });
});
