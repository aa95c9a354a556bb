import { afterEach } from 'vitest';
import { FakeState, startFakeReplica, type FakeOptions, type FakeReplica } from './fake-replica.js';

/** The fake replicas of a file of specs, closed after each of them. */
export class Fakes {
  readonly #running: FakeReplica[] = [];

  constructor() {
    afterEach(async () => {
      for (const fake of this.#running.splice(0)) await fake.close();
    });
  }

  async start(options?: FakeOptions): Promise<FakeReplica> {
    const fake = await startFakeReplica(options);
    this.#running.push(fake);
    return fake;
  }

  /** Three on 127.0.0.1 to 127.0.0.3, in order of their addresses, that share what they know unless told otherwise. */
  async startThree(optionsOf: (place: number) => FakeOptions = () => ({})): Promise<readonly FakeReplica[]> {
    const state = new FakeState();
    const three: FakeReplica[] = [];
    for (const place of [0, 1, 2])
      three.push(await this.start({ state, host: `127.0.0.${place + 1}`, ...optionsOf(place) }));
    return three;
  }
}
