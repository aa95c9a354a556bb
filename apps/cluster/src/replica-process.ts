import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What is started, and who hears of its lines. */
export interface ReplicaStart {
  /** The compiled main file. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A line of its log or of its errors. */
  readonly onLine: (line: string) => void;
}

/** A replica as a process of its own. It is killed when this process exits, however that comes. */
export class ReplicaProcess {
  /** How it ended, in words; never rejects. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #lastError = '';

  constructor({ script, environment, onLine }: ReplicaStart) {
    // A process group of its own: Ctrl-C reaches the command only, which then ends the replicas in order.
    this.#child = spawn(process.execPath, ['--v8-pool-size=1', '--enable-source-maps', script], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const killOnExit = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', killOnExit);
    this.ended = exitOf(this.#child).finally(() => process.removeListener('exit', killOnExit));
    createInterface({ input: this.#child.stdout! }).on('line', onLine);
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      if (line.trim() !== '') this.#lastError = line.trim();
      onLine(line);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it last wrote to stderr; empty where it wrote nothing. */
  get lastError(): string {
    return this.#lastError;
  }

  /** Ends it by SIGTERM, or by SIGKILL where that takes too long. @returns how it ended, in words */
  async stop(timeoutMs: number): Promise<string> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
    const how = await this.ended;
    clearTimeout(timer);
    return how;
  }
}

/** Resolves when the process is gone and all of its output read. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`),
    );
  });
}
