import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.js';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for an orderly end. (An exit by this call still kills the replicas.)
    if (interruption.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    interruption.abort();
  });
}

process.exitCode = await runCommand(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  script: fileURLToPath(new URL('../../metadata-center/src/main.js', import.meta.url)),
  signal: interruption.signal,
});
