import { describe, expect, it } from 'vitest';
import type { PeerAddress } from '../../domain/peer-address.js';
import { directoryContract } from '#testing';
import { StaticDirectory } from './static-directory.js';

directoryContract(
  'static peers',
  () => {
    let peers: readonly PeerAddress[] = [];
    return {
      get directory() {
        return new StaticDirectory(peers);
      },
      setReplicas: (replicas) => (peers = replicas),
    };
  },
  { canFail: false },
);

describe('StaticDirectory', () => {
  it('leaves names to whoever connects, and ports as they are', async () => {
    const directory = new StaticDirectory([
      { host: 'mdc-1.test', port: 8080 },
      { host: 'mdc-1.test', port: 8081 },
      { host: '127.0.0.1', port: 80 },
    ]);
    expect(await directory.lookUp()).toEqual([
      { host: '127.0.0.1', port: 80 },
      { host: 'mdc-1.test', port: 8080 },
      { host: 'mdc-1.test', port: 8081 },
    ]);
  });
});
