import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { harmUnderLoad } from './support/under-load.js';

describe('replicas agree after a replica', () => {
  it('is killed and started again', () =>
    harmUnderLoad({ replicas: 3, crashes: true }, async ({ replicas }) => {
      await replicas[1]!.kill();
      await sleep(3_000);
      await replicas[1]!.start();
    }));

  it('is killed and started again before the others notice, one after the other', () =>
    harmUnderLoad({ replicas: 3, crashes: true }, async ({ replicas }) => {
      for (const replica of replicas) {
        await replica.kill();
        await replica.start();
      }
    }));

  it('stands still for 10 s, and goes on as if nothing had been', () =>
    harmUnderLoad({ replicas: 3 }, async ({ replicas }) => {
      replicas[2]!.pause();
      await sleep(10_000);
      replicas[2]!.goOn();
    }));

  it('is replaced in order, each of them in turn: nothing is lost', () =>
    harmUnderLoad({ replicas: 3 }, async ({ replicas }) => {
      for (const replica of replicas) {
        const { code, stdout } = await replica.terminate();
        expect(code).toBe(0);
        expect(stdout).not.toContain('have not taken the last events');
        await replica.start();
      }
    }));
});
