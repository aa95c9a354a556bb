import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicaParts, replicaParts } from '#testing';
import { Mesh } from './mesh.js';

const port = 8080;
const addressesOf = (...hosts: readonly string[]) => hosts.map((host) => ({ host, port }));

describe('Mesh', () => {
  let parts: ReplicaParts;
  let mesh: Mesh;
  beforeEach(() => {
    parts = replicaParts();
    mesh = new Mesh(parts);
  });

  const listed = () => [...mesh.peers()].map(({ feed, source }) => `${feed.address} ${source}`);
  const stateOf = (address: string) =>
    [...mesh.peers()].find(({ feed }) => feed.address === address)?.feed.state;
  const beatFor = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await parts.timers.advance(1_000);
      mesh.beat();
    }
    await parts.timers.advance(0);
  };

  it('feeds those that the directory lists, at once', async () => {
    mesh.discover(addressesOf('10.0.0.1', '10.0.0.2'));
    expect(listed()).toEqual(['10.0.0.1:8080 directory', '10.0.0.2:8080 directory']);
    await parts.timers.advance(0);
    expect(parts.client.batches.map(({ peer }) => peer)).toEqual(['10.0.0.1:8080', '10.0.0.2:8080']);
    expect(mesh.readyPeers()).toEqual(['10.0.0.1:8080', '10.0.0.2:8080']);
  });

  it('feeds those that greet, but not itself nor what is no address', async () => {
    for (const origin of [
      '10.0.0.1:8080',
      '127.0.0.1:8080',
      '',
      'http://10.0.0.9:80',
      '10.0.0.1:8080 ',
      '../x:1',
      '10.0.0.1',
    ])
      mesh.hear(origin);
    expect(listed()).toEqual(['10.0.0.1:8080 greeting']);
    await parts.timers.advance(0);
    expect(parts.client.batches).toHaveLength(1);
  });

  it('takes an address for one, however it is spelt', () => {
    parts.self.listensAt('[::1]:8080');
    mesh.discover(addressesOf('2001:DB8:0::1', '::ffff:10.0.0.1', 'Pod-0'));
    for (const origin of [
      '[2001:db8::1]:8080',
      '[2001:db8:0:0::1]:8080',
      '10.0.0.1:8080',
      'POD-0:8080',
      '[0:0::1]:8080',
    ])
      mesh.hear(origin);
    expect(listed()).toEqual([
      '[2001:db8::1]:8080 directory',
      '10.0.0.1:8080 directory',
      'pod-0:8080 directory',
    ]);
  });

  it('hears a peer by whichever spelling it greets', async () => {
    mesh.hear('[::2]:8080');
    await beatFor(20_000);
    mesh.hear('[0:0::2]:8080');
    await beatFor(20_000);
    expect(listed()).toHaveLength(1);
  });

  it('knows whether it has ever had peers', () => {
    expect(mesh.hasEverHadPeers).toBe(false);
    mesh.discover([]);
    expect(mesh.hasEverHadPeers).toBe(false);
    mesh.hear('10.0.0.1:8080');
    mesh.stop();
    expect(mesh.hasEverHadPeers).toBe(true);
  });

  it('keeps a peer that is no longer listed for as long as it is heard of, and 30 s', async () => {
    mesh.discover(addressesOf('10.0.0.1', '10.0.0.2'));
    mesh.discover(addressesOf('10.0.0.2'));
    expect(listed()).toEqual(['10.0.0.1:8080 greeting', '10.0.0.2:8080 directory']);
    await beatFor(20_000);
    mesh.hear('10.0.0.1:8080');
    await beatFor(29_000);
    expect(listed()).toHaveLength(2);
    await beatFor(1_000);
    expect(listed()).toEqual(['10.0.0.2:8080 directory']);
    expect(parts.client.forgotten).toEqual(['10.0.0.1:8080']);
    expect(parts.journal.types.filter((type) => type === 'peer-gone')).toHaveLength(1);
    const { length } = parts.client.batches.filter(({ peer }) => peer === '10.0.0.1:8080');
    await beatFor(5_000);
    expect(parts.client.batches.filter(({ peer }) => peer === '10.0.0.1:8080')).toHaveLength(length);
  });

  it('keeps a listed peer for ever, and takes back one that is listed again', async () => {
    mesh.discover(addressesOf('10.0.0.1'));
    await beatFor(100_000);
    expect(listed()).toEqual(['10.0.0.1:8080 directory']);
    mesh.hear('10.0.0.1:8080');
    mesh.discover(addressesOf('10.0.0.2'));
    mesh.discover(addressesOf('10.0.0.1'));
    expect(listed()).toEqual(['10.0.0.1:8080 directory', '10.0.0.2:8080 greeting']);
  });

  it('feeds 256 and turns away the rest, of which operators hear once', async () => {
    const hosts = Array.from({ length: 258 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    mesh.discover(addressesOf(...hosts));
    mesh.hear('10.1.0.1:8080');
    mesh.hear('10.1.0.1:8080');
    expect([...mesh.peers()]).toHaveLength(256);
    expect(parts.totals.peersRefused).toBe(4);
    const refused = () => parts.journal.news.filter(({ type }) => type === 'peer-refused');
    expect(refused()).toEqual([{ type: 'peer-refused', peer: '10.0.1.0:8080', maxPeers: 256 }]);
    mesh.discover(addressesOf(...hosts.slice(1, 256)));
    await beatFor(30_000);
    mesh.hear('10.1.0.1:8080');
    mesh.hear('10.1.0.2:8080');
    expect(refused()).toHaveLength(2);
  });

  it('turns away who only greeted, the longest silent first, for one that the directory lists', async () => {
    for (let i = 0; i < 256; i++) {
      mesh.hear(`10.9.0.${i}:8080`);
      await parts.timers.advance(1);
    }
    mesh.hear('10.9.0.0:8080');
    mesh.discover(addressesOf('10.0.0.1', '10.0.0.2'));
    expect(listed()).toHaveLength(256);
    expect(listed().slice(-2)).toEqual(['10.0.0.1:8080 directory', '10.0.0.2:8080 directory']);
    expect(parts.client.forgotten).toEqual(['10.9.0.1:8080', '10.9.0.2:8080']);
    expect(parts.totals.peersRefused).toBe(2);
  });

  it('finds itself by its epoch where the address does not tell', async () => {
    const { onBatch } = parts.client;
    parts.client.onBatch = async (peer, batch) => {
      const answer = await onBatch(peer, batch);
      return answer === 'unknown-call' ? answer : { ...answer, epoch: parts.self.epoch };
    };
    mesh.discover(addressesOf('localhost'));
    await parts.timers.advance(0);
    expect(stateOf('localhost:8080')).toBe('itself');
    expect(mesh.readyPeers()).toEqual([]);
  });

  describe('of a process with two addresses', () => {
    let dead: Set<string>;
    const fedAt = (address: string) => parts.client.batches.filter(({ peer }) => peer === address).length;
    beforeEach(async () => {
      dead = new Set();
      parts.client.onBatch = (peer, { first, events }) => {
        if (dead.has(peer)) throw new Error('dead');
        return {
          epoch: 'e'.repeat(16),
          phase: 'ready',
          outcome: 'applied',
          applied: first + events.length - 1,
        };
      };
      mesh.discover(addressesOf('10.0.0.1', '::1'));
      await parts.timers.advance(0);
    });

    it('feeds it at one of them', async () => {
      expect([stateOf('10.0.0.1:8080'), stateOf('[::1]:8080')]).toEqual(['in_sync', 'duplicate']);
      expect(mesh.readyPeers()).toEqual(['10.0.0.1:8080']);
      await beatFor(30_000);
      expect([stateOf('10.0.0.1:8080'), stateOf('[::1]:8080')]).toEqual(['in_sync', 'duplicate']);
      expect(fedAt('[::1]:8080')).toBe(1);
    });

    it('feeds it at the other within a minute where the one is cut', async () => {
      dead.add('10.0.0.1:8080');
      await beatFor(61_000);
      expect([stateOf('10.0.0.1:8080'), stateOf('[::1]:8080')]).toEqual(['unreachable', 'in_sync']);
      dead.clear();
      await beatFor(2_000);
      expect([stateOf('10.0.0.1:8080'), stateOf('[::1]:8080')]).toEqual(['duplicate', 'in_sync']);
    });
  });

  it('tells of another process at an address, and of the first one', async () => {
    let epoch = '1'.repeat(16);
    parts.client.onBatch = () => ({ epoch, phase: 'ready', outcome: 'applied', applied: 0 });
    let told = 0;
    mesh.onOtherProcess(() => told++);
    mesh.discover(addressesOf('10.0.0.1'));
    await beatFor(3_000);
    expect(told).toBe(1);
    epoch = '2'.repeat(16);
    await beatFor(3_000);
    expect(told).toBe(2);
  });

  it('feeds nobody any more once it is stopped, whoever comes', async () => {
    mesh.discover(addressesOf('10.0.0.1'));
    mesh.stop();
    mesh.discover(addressesOf('10.0.0.2'));
    mesh.hear('10.0.0.3:8080');
    mesh.wake();
    await beatFor(2_000);
    expect(listed()).toEqual([]);
    expect(parts.client.batches).toEqual([]);
  });
});
