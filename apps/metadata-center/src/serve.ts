import 'reflect-metadata';
import { ConfigurationError, readConfiguration, unknownVariables } from './config/configuration.js';
import { createReplica } from './create-app.js';
import { ListenError, type Replica } from './replica.js';

/** A start that failed for a reason that people can mend: a line for each problem. */
class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Builds a replica from the environment and opens its ports.
 *
 * @throws StartError
 */
export async function serve(environment: Readonly<Record<string, string | undefined>>): Promise<Replica> {
  try {
    const replica = await createReplica(readConfiguration(environment));
    const unknown = unknownVariables(environment);
    if (unknown.length > 0)
      replica.log.warn({ unknown }, 'variables that look like this service’s but are not');
    await replica.listen();
    return replica;
  } catch (error) {
    const isExpected = error instanceof ConfigurationError || error instanceof ListenError;
    throw isExpected ? new StartError(error.message, { cause: error }) : error;
  }
}
