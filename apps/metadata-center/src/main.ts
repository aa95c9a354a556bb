import type { Replica } from './replica.js';

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
  const { name, message, stack } = error as Error;
  const text = name === 'StartError' ? message : (stack ?? message);
  process.stderr.write(text.replace(/^(?=\S)/gm, 'metadata-center: ') + '\n');
  process.exit(1);
}

// Before all else is even loaded: as the first process of a container, one without a handler never gets the signal.
process.on('SIGTERM', () => void end().catch(giveUp));
process.on('SIGINT', () => void end().catch(giveUp));

try {
  const { keepTickShape } = await import('./tick-shape.js');
  keepTickShape();
  const { serve } = await import('./serve.js');
  replica = await serve(process.env);
} catch (error) {
  giveUp(error);
}
