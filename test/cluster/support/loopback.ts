import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Addresses of loopback that no other test has, and a port that is free on all of them. */
export class Loopback {
  readonly #prefix = `127.${randomInt(1, 255)}.${randomInt(0, 256)}`;

  private constructor(readonly port: number) {}

  static async find(): Promise<Loopback> {
    const server = createServer().listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return new Loopback(port);
  }

  /** @param number from 1 to 254 */
  host(number: number): string {
    return `${this.#prefix}.${number}`;
  }
}
