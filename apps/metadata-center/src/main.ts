import 'reflect-metadata';
import { ConfigurationError, readConfiguration } from './config/configuration.js';
import { createReplica } from './create-app.js';
import { ListenError, type Replica } from './replica.js';

let replica: Replica | undefined;
let isEnding = false;

/** Ends the process in good order; before it serves, there is nothing to put in order. */
async function end(): Promise<void> {
  // A terminal and npm may both send the same signal.
  if (isEnding) return;
  isEnding = true;
  await replica?.close();
  process.exit(0);
}

/** Gives up, with a line for each problem that people can mend, or with the stack of one that they can't. */
function giveUp(error: unknown): never {
  const isExpected = error instanceof ConfigurationError || error instanceof ListenError;
  const text = isExpected ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(text.replace(/^(?=\S)/gm, 'metadata-center: ') + '\n');
  process.exit(1);
}

// Before the start: as the first process of a container, one without a handler would never get the signal.
process.on('SIGTERM', () => void end().catch(giveUp));
process.on('SIGINT', () => void end().catch(giveUp));

try {
  const created = await createReplica(readConfiguration(process.env));
  await created.listen();
  replica = created;
} catch (error) {
  giveUp(error);
}
