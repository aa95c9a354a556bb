import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Directory, PeerAddress } from '#replication';

/** A directory, and a hand on what it asks. */
export interface DirectoryHarness {
  readonly directory: Directory;
  /** From now on these are the replicas. Each listens on {@link replicaPort} of an IP address. */
  setReplicas(replicas: readonly PeerAddress[]): void;
  /** Whether what the directory asks can tell. A directory that asks nobody has no such method. */
  setTelling?(canTell: boolean): void;
  close?(): Promise<void>;
}

/** What a directory may do without. */
export interface DirectoryTraits {
  /** False for one that asks nobody. */
  readonly canFail: boolean;
}

/** The port of all replicas in the contract, since not every directory tells ports. */
export const replicaPort = 8080;

/** What every `Directory` must keep to. */
export function directoryContract(
  name: string,
  makeHarness: () => Promise<DirectoryHarness> | DirectoryHarness,
  { canFail }: DirectoryTraits = { canFail: true },
): void {
  describe(`Directory contract: ${name}`, () => {
    let harness: DirectoryHarness;
    const replicasAt = (...hosts: readonly string[]) => hosts.map((host) => ({ host, port: replicaPort }));
    const lookUp = () => harness.directory.lookUp();

    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.close?.());

    it('tells of all replicas, of both families', async () => {
      harness.setReplicas(replicasAt('127.0.0.1', '127.0.0.2', '::1'));
      expect(await lookUp()).toEqual(replicasAt('127.0.0.1', '127.0.0.2', '::1'));
    });

    it('tells of each once, in an order that does not depend on the source’s', async () => {
      harness.setReplicas(replicasAt('127.0.0.3', '127.0.0.1', '127.0.0.2', '127.0.0.1'));
      const first = await lookUp();
      harness.setReplicas(replicasAt('127.0.0.2', '127.0.0.3', '127.0.0.1'));
      expect(await lookUp()).toEqual(first);
      expect(first).toHaveLength(3);
    });

    it('tells of those who come, and no more of those who have gone', async () => {
      harness.setReplicas(replicasAt('127.0.0.1'));
      expect(await lookUp()).toEqual(replicasAt('127.0.0.1'));
      harness.setReplicas(replicasAt('127.0.0.1', '127.0.0.2'));
      expect(await lookUp()).toEqual(replicasAt('127.0.0.1', '127.0.0.2'));
      harness.setReplicas(replicasAt('127.0.0.2'));
      expect(await lookUp()).toEqual(replicasAt('127.0.0.2'));
    });

    it('takes it for an answer that there is none', async () => {
      harness.setReplicas(replicasAt('127.0.0.1'));
      await lookUp();
      harness.setReplicas([]);
      expect(await lookUp()).toEqual([]);
    });

    it('refuses an answer that nobody can mean: more than 1,000 replicas', async () => {
      const hosts = Array.from({ length: 1_001 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
      harness.setReplicas(replicasAt(...hosts.slice(1)));
      expect(await lookUp()).toHaveLength(1_000);
      harness.setReplicas(replicasAt(...hosts));
      await expect(lookUp()).rejects.toMatchObject({
        name: 'DirectoryError',
        message: expect.stringContaining('more than 1000 addresses'),
      });
    });

    if (!canFail) return;

    it('says that it could not tell, and tells again when it can', async () => {
      harness.setReplicas(replicasAt('127.0.0.1'));
      await lookUp();
      harness.setTelling?.(false);
      await expect(lookUp()).rejects.toMatchObject({
        name: 'DirectoryError',
        message: expect.stringMatching(/^\S+: .+/),
      });
      harness.setTelling?.(true);
      expect(await lookUp()).toEqual(replicasAt('127.0.0.1'));
    });
  });
}
