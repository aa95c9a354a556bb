import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicaParts, replicaParts } from '#testing';
import type { PeerAddress } from '../domain/peer-address.js';
import { FollowDirectory } from './follow-directory.js';
import { Mesh } from './mesh.js';
import { DirectoryError } from './ports/directory.js';

const addressesOf = (...hosts: readonly string[]) => hosts.map((host) => ({ host, port: 8080 }));

describe('FollowDirectory', () => {
  let parts: ReplicaParts;
  let mesh: Mesh;
  let lookUp: () => Promise<readonly PeerAddress[]>;
  let lookUps: number;
  let follow: FollowDirectory;
  beforeEach(() => {
    parts = replicaParts();
    mesh = new Mesh(parts);
    lookUps = 0;
    lookUp = async () => addressesOf('10.0.0.1', '127.0.0.1');
    const directory = { lookUp: () => (lookUps++, lookUp()) };
    follow = new FollowDirectory(directory, 5_000, mesh, parts.totals, parts.timers, parts.journal);
  });

  const start = async () => {
    follow.start(({ host }) => host === '127.0.0.1');
    await parts.timers.advance(0);
  };
  const peers = () => [...mesh.peers()].map(({ feed }) => feed.address);
  const fails = async () => {
    throw new DirectoryError('mdc.test: SERVFAIL');
  };

  it('looks at once, and leaves this replica out', async () => {
    expect(follow.hasAnswer).toBe(false);
    await start();
    expect([follow.hasAnswer, peers()]).toEqual([true, ['10.0.0.1:8080']]);
    expect(follow.view).toEqual({ hosts: ['10.0.0.1:8080', '127.0.0.1:8080'], lastError: undefined });
  });

  it('looks again an interval after each answer, never twice at a time', async () => {
    await start();
    await parts.timers.advance(4_999);
    expect(lookUps).toBe(1);
    lookUp = () => new Promise(() => {});
    await parts.timers.advance(1);
    expect(lookUps).toBe(2);
    await parts.timers.advance(60_000);
    expect(lookUps).toBe(2);
  });

  it('keeps the last known peers where the answer is empty, which is an answer', async () => {
    await start();
    lookUp = async () => [];
    await parts.timers.advance(5_000);
    expect([lookUps, peers()]).toEqual([2, ['10.0.0.1:8080']]);
    expect(follow.view).toEqual({ hosts: ['10.0.0.1:8080', '127.0.0.1:8080'], lastError: undefined });
  });

  it('takes an empty first answer for one', async () => {
    lookUp = async () => [];
    await start();
    expect([follow.hasAnswer, follow.view.hosts]).toEqual([true, []]);
    await parts.timers.advance(4_999);
    expect(lookUps).toBe(1);
  });

  it('keeps the last known peers where the look-up fails, and tells of it once', async () => {
    await start();
    lookUp = fails;
    await parts.timers.advance(15_000);
    expect([lookUps, peers(), parts.totals.failedLookups]).toEqual([4, ['10.0.0.1:8080'], 3]);
    expect(follow.view.lastError).toBe('mdc.test: SERVFAIL');
    lookUp = async () => addressesOf('10.0.0.2');
    await parts.timers.advance(5_000);
    expect(follow.view).toEqual({ hosts: ['10.0.0.2:8080'], lastError: undefined });
    expect(parts.journal.types.filter((type) => type.startsWith('lookup'))).toEqual([
      'lookup-failed',
      'lookup-recovered',
    ]);
  });

  it('asks every 250 ms until it has the first answer', async () => {
    lookUp = fails;
    await start();
    expect(follow.hasAnswer).toBe(false);
    await parts.timers.advance(1_000);
    expect(lookUps).toBe(5);
    lookUp = async () => addressesOf('10.0.0.1');
    await parts.timers.advance(250);
    expect([follow.hasAnswer, lookUps]).toEqual([true, 6]);
    await parts.timers.advance(4_999);
    expect(lookUps).toBe(6);
  });

  it('looks no more once it is stopped', async () => {
    await start();
    follow.stop();
    await parts.timers.advance(60_000);
    expect(lookUps).toBe(1);
  });

  it.each(['tells of peers', 'fails'])(
    'does not listen to a look-up that %s after it was stopped',
    async (how) => {
      let end = (): void => {};
      lookUp = () =>
        new Promise((resolve, reject) => {
          end = () => (how === 'fails' ? reject(new Error('late')) : resolve(addressesOf('10.0.0.9')));
        });
      await start();
      follow.stop();
      end();
      await parts.timers.advance(60_000);
      expect([lookUps, peers(), parts.journal.news, parts.totals.failedLookups]).toEqual([1, [], [], 0]);
    },
  );
});
