import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runReplay } from './support/replay-process.js';
import { TestCluster } from './support/test-cluster.js';
import { isSkipped, traceName, tracePath } from '../support/trace.js';

/** Requests begin for so long. */
const durationS = 25;
const args = ['--trace', tracePath, '--rate', '100', '--in-flight', '200', '--duration', `${durationS}s`];

describe.skipIf(isSkipped)(`${traceName} replayed as AIGW spreads it`, () => {
  it('finds no error and no difference at full speed, and zero on all replicas in the end', async () => {
    await using cluster = await TestCluster.start({ replicas: 3 });
    const report = await runReplay(cluster.urls, '--trace', tracePath, '--speed', 'max');
    expect(report, report.output).toMatchObject({ end: 'played', clean: true });
  });

  it('ends right on all replicas though one stood still for 10 s', async () => {
    const report = await replayMeanwhile(async ({ replicas }) => {
      replicas[0]!.pause();
      await sleep(10_000);
      replicas[0]!.goOn();
    });
    expect(report, report.output).toMatchObject({ end: 'played', clean: true });
  });

  it('ends right on all replicas though each was replaced in turn', async () => {
    const report = await replayMeanwhile(async ({ replicas }) => {
      for (const replica of replicas) {
        await replica.terminate();
        await replica.start();
      }
    });
    expect(report, report.output).toMatchObject({ end: 'played', clean: true });
  });

  it('ends the same on all replicas though one was killed', async () => {
    const report = await replayMeanwhile(async ({ replicas }) => {
      await replicas[1]!.kill();
      await sleep(1_000);
      await replicas[1]!.start();
    });
    expect(report, report.output).toMatchObject({ end: 'played', agreed: true });
  });
});

/** @param harm is over before the replay is */
async function replayMeanwhile(harm: (cluster: TestCluster) => Promise<void>): ReturnType<typeof runReplay> {
  await using cluster = await TestCluster.start({ replicas: 3 });
  const replayed = runReplay(cluster.urls, ...args, '--tolerate-faults');
  const [report] = await Promise.all([replayed, sleep(3_000).then(() => harm(cluster))]);
  return report;
}
