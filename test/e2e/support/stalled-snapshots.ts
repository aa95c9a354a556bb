import { type IncomingMessage, get } from 'node:http';
import { ReplicaCalls, started } from './replica-calls.js';

/** More than the sockets' buffers take, so that a snapshot that is not read stays under way. */
const eventCount = 50_000;
const batchSize = 1_000;

/** Gives a replica so much to tell that its snapshots take as long as their readers want. */
export async function fill(url: string): Promise<void> {
  const calls = new ReplicaCalls(url);
  const cluster = 'c'.repeat(256);
  for (let first = 1; first <= eventCount; first += batchSize) {
    const events = Array.from({ length: batchSize }, (_, i) => started(`r${first + i}`, { cluster }));
    await calls.events(events, { first });
  }
}

/** Begins to take snapshots and does not read them, until it goes out of scope (`using`). */
export async function stalledSnapshots(url: string, count: number): Promise<Disposable> {
  const answers = await Promise.all(
    Array.from({ length: count }, () => unread(`${url}/v1/replica/snapshot`)),
  );
  return {
    [Symbol.dispose]: () => {
      for (const answer of answers) answer.destroy();
    },
  };
}

function unread(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      answer.on('error', () => undefined);
      resolve(answer);
    }).on('error', reject);
  });
}
