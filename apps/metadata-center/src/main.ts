import 'reflect-metadata';
import { ConfigurationError, readConfiguration } from './config/configuration.js';
import { ListenError, type Replica, createReplica } from './create-app.js';

/** Starts a replica, or says in a line for each problem why not. */
async function start(): Promise<Replica | undefined> {
  try {
    const replica = await createReplica(readConfiguration(process.env));
    await replica.listen();
    return replica;
  } catch (error) {
    const isExpected = error instanceof ConfigurationError || error instanceof ListenError;
    process.stderr.write(`metadata-center: ${isExpected ? error.message : (error as Error).stack}\n`);
    process.exit(1);
  }
}

const replica = await start();

let isEnding = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // A terminal and npm may both send the same signal.
    if (isEnding) return;
    isEnding = true;
    void replica?.close().finally(() => process.exit(0));
  });
}
