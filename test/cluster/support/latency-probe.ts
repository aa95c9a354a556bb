import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('prober.ts', import.meta.url));

/** How calls to one replica went. */
export interface ProbeFigures {
  readonly calls: number;
  readonly failures: number;
  readonly worstMs: number;
}

/** Measures how long replicas take to answer, from a process that does nothing else. */
export class LatencyProbe implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(cluster: string, urls: readonly string[]) {
    this.#child = spawn(process.execPath, [script, cluster, ...urls], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  static async start(cluster: string, urls: readonly string[]): Promise<LatencyProbe> {
    const probe = new LatencyProbe(cluster, urls);
    await once(probe.#child.stdout!, 'readable');
    return probe;
  }

  /** @returns the figures of each replica */
  async end(): Promise<readonly ProbeFigures[]> {
    this.#child.kill('SIGTERM');
    const [, figures] = (await text(this.#child.stdout!)).split('\n');
    return Object.values(JSON.parse(figures!) as Record<string, ProbeFigures>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
