import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { serviceFlags, serviceProgram } from './service-program.js';

/** How a process ended, and all that it wrote. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The built service as a process of its own, as an operator runs it: on 127.0.0.1, on free ports, with no
 * variables but those given. What still runs when it goes out of scope (`await using`) is killed.
 */
export class ServiceProcess implements AsyncDisposable {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(environment: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [...serviceFlags, serviceProgram], {
      env: {
        METADATA_CENTER_HTTP_HOST: '127.0.0.1',
        METADATA_CENTER_HTTP_PORT: '0',
        METADATA_CENTER_ADMIN_PORT: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = once(this.#child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /** Waits for the first line of the log in which `text` stands. @throws Error if the process ends before */
  async lineWith(text: string): Promise<string> {
    let hasEnded = false;
    const ended = this.ended.then(() => (hasEnded = true));
    for (;;) {
      const line = this.#stdout
        .split('\n')
        .slice(0, -1)
        .find((each) => each.includes(text));
      if (line !== undefined) return line;
      if (hasEnded) throw new Error(`ended without the line ${text}:\n${this.#stdout}${this.#stderr}`);
      await Promise.race([once(this.#child.stdout!, 'data'), ended]);
    }
  }

  /** Leaves what the process writes in the pipe, as a stalled collector of logs does. */
  stopReading(): void {
    this.#child.stdout!.pause();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits. @returns how the process ended, and how long after the signal */
  async end(signal: NodeJS.Signals): Promise<Ending & { readonly tookMs: number }> {
    const sentMs = performance.now();
    const exited = once(this.#child, 'exit');
    this.signal(signal);
    await exited;
    const tookMs = performance.now() - sentMs;
    this.#child.stdout!.resume();
    return { ...(await this.ended), tookMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

/** A service process that serves. */
export interface ServingProcess extends AsyncDisposable {
  readonly service: ServiceProcess;
  readonly apiPort: number;
  readonly adminPort: number;
  readonly url: string;
  readonly adminUrl: string;
}

/** Starts a service process and waits until it is ready. */
export async function serve(environment: Record<string, string> = {}): Promise<ServingProcess> {
  const service = new ServiceProcess(environment);
  await service.lineWith('"msg":"ready"');
  const line = await service.lineWith('"msg":"listening"');
  const { apiPort, adminPort } = JSON.parse(line) as { apiPort: number; adminPort: number };
  return {
    service,
    apiPort,
    adminPort,
    url: `http://127.0.0.1:${apiPort}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
