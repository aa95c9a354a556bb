import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems hand out by themselves, so that no outgoing connection takes one meanwhile. */
const firstPort = 20_000;
const portCount = 10_000;

/** A port that nobody listens on at any of the hosts, for replicas that must know each other before they start. */
export async function freePort(...hosts: readonly string[]): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    const areFree = await Promise.all(hosts.map((host) => isFree(host, port)));
    if (areFree.every(Boolean)) return port;
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
