import { describe, expect, it } from 'vitest';
import { FakeClient, takesAll } from '../../test-support/fake-client.js';
import { ManualTime } from '../../test-support/manual-time.js';
import { MeshParts, ownEpoch } from '../../test-support/mesh-parts.js';
import { Mesh } from './mesh.js';

const epoch = '00000000000000bb';
const addresses = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ host: '10.0.0.1', port: i + 1 }));

function meshOf(answer = takesAll(epoch)) {
  const time = new ManualTime();
  const client = new FakeClient(answer);
  const parts = new MeshParts(client, time);
  return { time, client, parts, mesh: new Mesh(parts) };
}

const statesOf = (mesh: Mesh) => Array.from(mesh.peers(), ({ feed }) => feed.state);

describe('Mesh', () => {
  it('turns away peers beyond 256, counts each time, and tells once until there is room', async () => {
    const { time, parts, mesh } = meshOf();
    mesh.discover(addresses(256));
    for (let i = 0; i < 3; i++) mesh.hear('10.0.0.2:1');
    expect([...mesh.peers()]).toHaveLength(256);
    expect(parts.totals.peersRefused).toBe(3);
    const refusals = () => parts.news.filter(({ type }) => type === 'peer-refused');
    expect(refusals()).toEqual([{ type: 'peer-refused', peer: '10.0.0.2:1', maxPeers: 256 }]);

    await time.pass(40_000);
    mesh.discover(addresses(255));
    mesh.hear('10.0.0.2:1');
    expect([...mesh.peers()]).toHaveLength(256);
    mesh.hear('10.0.0.3:1');
    expect(refusals()).toHaveLength(2);
    mesh.stop();
  });

  it('feeds one of several addresses of a process', async () => {
    const { time, parts, mesh } = meshOf();
    mesh.discover(addresses(2));
    await time.pass(10);
    expect(statesOf(mesh).sort()).toEqual(['duplicate', 'in_sync']);
    parts.append(3);
    mesh.wake();
    await time.pass(10);
    expect(parts.totals.eventsSent).toBe(3);
    mesh.stop();
  });

  it('feeds no address of this replica', async () => {
    const { time, parts, mesh } = meshOf(takesAll(ownEpoch));
    mesh.discover(addresses(1));
    await time.pass(10);
    parts.append(3);
    mesh.wake();
    await time.pass(10);
    expect([statesOf(mesh), parts.totals.eventsSent]).toEqual([['itself'], 0]);
    mesh.hear('127.0.0.1:8080');
    expect([...mesh.peers()]).toHaveLength(1);
    mesh.stop();
  });

  it('takes who sends batches for a peer, and forgets it when it is silent for 30 s', async () => {
    const { time, mesh } = meshOf();
    mesh.hear('10.0.0.1:1');
    expect(Array.from(mesh.peers(), ({ source }) => source)).toEqual(['greeting']);
    await time.pass(20_000);
    mesh.hear('10.0.0.1:1');
    await time.pass(29_000);
    mesh.beat();
    expect([...mesh.peers()]).toHaveLength(1);
    await time.pass(2_000);
    mesh.beat();
    expect([...mesh.peers()]).toHaveLength(0);
  });
});
