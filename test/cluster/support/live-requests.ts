import { Agent, request } from 'undici';
import { type Counts, Tally } from './counts.js';

const connections = 8;
const engineCount = 200;
const maxAttempts = 5;

/**
 * Records this many requests, spread over the replicas, and leaves them live.
 *
 * @returns what all replicas must count then
 */
export async function recordLive(urls: readonly string[], cluster: string, count: number): Promise<Counts> {
  const truth = new Tally();
  await using agent = new DisposableAgent({ connections, pipelining: 1 });
  let next = 0;
  const record = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const ip = `10.1.0.${number % engineCount}`;
      const promptLength = number % 1_000;
      truth.add(cluster, ip, promptLength, true);
      const body = JSON.stringify({
        cluster,
        request_id: `${cluster}-${number}`,
        ip,
        prompt_length: promptLength,
        timestamp: number + 1,
      });
      await post(agent, `${urls[number % urls.length]}/v1/load/stats`, body);
    }
  };
  await Promise.all(Array.from({ length: connections * urls.length }, record));
  return truth.counts;
}

async function post(agent: Agent, url: string, body: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const answer = await request(url, { method: 'POST', body, dispatcher: agent });
    const text = await answer.body.text();
    if (answer.statusCode === 200) return;
    if (attempt === maxAttempts) throw new Error(`${url} answers ${answer.statusCode}: ${text}`);
  }
}

class DisposableAgent extends Agent implements AsyncDisposable {
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
