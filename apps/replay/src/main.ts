import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { systemClock } from './clock.js';
import { startReplica } from './replica-process.js';
import { runCommand } from './run-command.js';

const interruption = new AbortController();
/** By the custom of shells: 128 and the signal's number. */
const exitCodeOf = { SIGINT: 130, SIGTERM: 143 } as const;
let interruptedCode: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for an orderly end. (An exit by this call still kills the replica.)
    if (interruption.signal.aborted) process.exit(exitCodeOf[signal]);
    interruptedCode = exitCodeOf[signal];
    interruption.abort();
  });
}

const exitCode = await runCommand(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  runId: randomUUID(),
  signal: interruption.signal,
  startReplica: () =>
    startReplica({
      script: fileURLToPath(new URL('../../metadata-center/src/main.js', import.meta.url)),
      readyTimeoutMs: 10_000,
      stopTimeoutMs: 10_000,
      signal: interruption.signal,
    }),
});
process.exitCode = interruptedCode ?? exitCode;
