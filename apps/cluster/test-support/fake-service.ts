import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Listens and tells its state as a replica does, `peers` being all in sync. Ends by SIGTERM with code 0. */
export const servingCode = `
  import { createServer } from 'node:http';
  const { METADATA_CENTER_HTTP_HOST: host, METADATA_CENTER_HTTP_PORT: port } = process.env;
  const peer = { state: 'in_sync', lag_events: 0, lag_ms: 0 };
  const data = { state: 'ready', peers: [peer, peer, { ...peer, state: 'itself' }] };
  createServer(({ url }, answer) => {
    if (url === '/die') process.exit(9);
    answer.end(url === '/metrics' ? 'metadata_center_held{kind="requests"} 7\\n' : JSON.stringify({ data }));
  }).listen(Number(port), host);
  process.on('SIGTERM', () => process.exit(0));
`;

/** Programs that stand in for the service, in a directory of their own. */
export class FakeServices implements AsyncDisposable {
  #count = 0;

  private constructor(private readonly directory: string) {}

  static async make(): Promise<FakeServices> {
    return new FakeServices(await mkdtemp(join(tmpdir(), 'cluster-')));
  }

  /** @returns the path of a program that runs this code */
  async running(code: string): Promise<string> {
    const path = join(this.directory, `${this.#count++}.mjs`);
    await writeFile(path, code);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true });
  }
}

/** @returns a port that is free on all addresses of this machine */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}
