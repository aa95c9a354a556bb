import { once } from 'node:events';
import { Agent, type IncomingMessage, get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MetricSources } from '#platform';
import { call } from './support/call.js';
import { LoadCalls } from './support/load-calls.js';
import { type RunningReplica, startReplica } from './support/replica.js';

const engineCount = 10_000;

/** Three gauges of 10,000 lines, a thousand to a slice. */
const slicesAtLeast = 30;

/** Far more turns of the event loop than a call needs; so many without an answer mean that none comes. */
const patienceTurns = 100_000;

describe('a scrape of 10,000 engines', () => {
  let replica: RunningReplica;
  beforeAll(async () => {
    replica = await startReplica();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const records = Array.from({ length: engineCount }, (_, i) =>
      call(
        'POST',
        `${replica.url}/v1/load/stats`,
        { cluster: 'c', request_id: `r${i}`, ip: `10.0.${i >> 8}.${i & 255}`, prompt_length: 512 },
        {},
        agent,
      ),
    );
    await Promise.all(records);
    agent.destroy();
  });
  afterAll(() => replica.close());

  it('lets other calls be answered between its first chunk and its last', async () => {
    let turns = 0;
    let turnsForEngines = 0;
    const answered = new AbortController();
    const count = () => {
      turns++;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    replica.replica.api.get(MetricSources, { strict: false }).add({
      /** The end of the scrape, which waits for the other call. */
      *render() {
        turnsForEngines = turns;
        for (let i = 0; i < patienceTurns && !answered.signal.aborted; i++) yield '# waits\n';
        yield `# ${answered.signal.aborted ? 'answered' : 'unanswered'}\n`;
      },
    });
    const [scrape] = (await once(get(`${replica.url}/metrics`, { agent: false }), 'response')) as [
      IncomingMessage,
    ];
    scrape.setEncoding('utf8');
    let text = '';
    scrape.on('data', (chunk: string) => (text += chunk));
    await once(scrape, 'data');
    const other = new LoadCalls(replica.url).record({ request_id: 'r0', ip: '10.0.0.0', prompt_length: 512 });
    void other.then(() => answered.abort());
    await once(scrape, 'end');
    clearImmediate(counting);
    expect(text.match(/^queued_num\{/gm)).toHaveLength(engineCount);
    expect(turnsForEngines).toBeGreaterThanOrEqual(slicesAtLeast);
    expect(text.endsWith('# answered\n')).toBe(true);
    expect((await other).status).toBe(200);
  });
});
