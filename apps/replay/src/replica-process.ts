import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A service that runs as a process of its own until it is stopped. */
export interface Replica {
  /** The address of its API. */
  readonly target: string;
  /** How it ended, if it has ended though nobody stopped it. */
  readonly ended: string | undefined;
  /** Ends it by SIGTERM and waits; says what was wrong, if it did not end by itself and with code 0. */
  stop(): Promise<string | undefined>;
}

/** A replica that serves, or why there is none. */
export type StartResult =
  { readonly ok: true; readonly replica: Replica } | { readonly ok: false; readonly reason: string };

/** What is started and how long it may take. */
export interface ReplicaOptions {
  /** The compiled main file. */
  readonly script: string;
  readonly readyTimeoutMs: number;
  readonly stopTimeoutMs: number;
  /** Ends the wait for readiness. */
  readonly signal: AbortSignal;
}

/** Any free port, on loopback. */
const replicaEnvironment = {
  METADATA_CENTER_HTTP_HOST: '127.0.0.1',
  METADATA_CENTER_HTTP_PORT: '0',
  METADATA_CENTER_ADMIN_PORT: '0',
  METADATA_CENTER_LOG_LEVEL: 'INFO',
  METADATA_CENTER_LOG_FORMAT: 'json',
};

/** What would make it look for peers, and what says how: a replay must not reach a real cluster. */
const peerVariables = new Set([
  'META_DATA_CENTER_SVC_DISC_HOST',
  'METADATA_CENTER_DISCOVERY',
  'METADATA_CENTER_DNS_SERVERS',
  'METADATA_CENTER_STATIC_PEERS',
]);

/** Starts a replica and waits until its log says that it is ready. Never rejects. */
export async function startReplica({
  script,
  readyTimeoutMs,
  stopTimeoutMs,
  signal,
}: ReplicaOptions): Promise<StartResult> {
  if (!existsSync(script)) return { ok: false, reason: `${script} is missing; build it by npm run build` };
  // A process group of its own: Ctrl-C reaches the replay only, which then ends the replica in order.
  const child = spawn(process.execPath, ['--v8-pool-size=1', '--enable-source-maps', script], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const killOnExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killOnExit);
  const exit = exitOf(child).finally(() => process.removeListener('exit', killOnExit));
  const lastWords = watch(child.stderr);

  const port = await Promise.race([readyPort(child.stdout), exit, after(readyTimeoutMs, signal)]);
  if (typeof port !== 'number') {
    const reason =
      port ?? (signal.aborted ? 'interrupted' : `it was not ready within ${readyTimeoutMs / 1000} s`);
    child.kill('SIGKILL');
    await exit;
    return { ok: false, reason: `the replica did not start: ${reason}; its last line: ${lastWords()}` };
  }

  let ended: string | undefined;
  let stopping = false;
  void noteEnd();
  async function noteEnd(): Promise<void> {
    const how = await exit;
    if (!stopping) ended = `the replica ended during the replay: ${how}; its last line: ${lastWords()}`;
  }
  const replica: Replica = {
    target: `http://127.0.0.1:${port}`,
    get ended() {
      return ended;
    },
    async stop() {
      if (ended !== undefined) return ended;
      stopping = true;
      child.kill('SIGTERM');
      const how = await Promise.race([exit, after(stopTimeoutMs)]);
      if (how === 'exit code 0') return undefined;
      if (how !== undefined) return `the replica must end by SIGTERM with exit code 0, not with ${how}`;
      child.kill('SIGKILL');
      await exit;
      return `the replica must end by SIGTERM within ${stopTimeoutMs / 1000} s; it had to be killed`;
    },
  };
  return { ok: true, replica };
}

function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !peerVariables.has(name));
  return { ...Object.fromEntries(inherited), ...replicaEnvironment };
}

/** The port in the log line that says "ready"; pends if there never is one. Reads the log to its end. */
function readyPort(stdout: Readable): Promise<number> {
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const port = line.includes('"ready"') ? portOf(line) : undefined;
      if (port !== undefined) resolve(port);
    });
  });
}

function portOf(line: string): number | undefined {
  try {
    const { msg, apiPort } = JSON.parse(line) as { msg?: unknown; apiPort?: unknown };
    return msg === 'ready' && typeof apiPort === 'number' ? apiPort : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the last line that tells something: not a stack frame, nor the version that Node puts at the end. */
function watch(stream: Readable): () => string {
  let last = '(none on stderr)';
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '' && !/^(\s+at |Node\.js v|[{}\s]*$)/.test(line)) last = line.trim().slice(0, 500);
  });
  return () => last;
}

/** Resolves in words when the process is gone and all of its output read. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`),
    );
  });
}

function after(delayMs: number, signal?: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), delayMs);
    timer.unref();
    signal?.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
