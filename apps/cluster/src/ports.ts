import { once } from 'node:events';
import { createServer } from 'node:net';
import { InputError } from './input-error.js';

/** A port that is to be free, and the flag that chooses another. */
export interface WantedPort {
  readonly host: string;
  readonly port: number;
  readonly flag: string;
}

/**
 * Looks whether a replica can listen there, so that the error names the command's own remedy.
 *
 * @throws InputError that says why not, and what to do
 */
export async function refuseTakenPort({ host, port, flag }: WantedPort): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new InputError(`${host} port ${port}: ${reasonOf(error as NodeJS.ErrnoException, host, flag)}`);
  } finally {
    await new Promise((resolve) => void server.close(resolve));
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException, host: string, flag: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `the port is in use; end what listens there, or choose another by ${flag}`;
    case 'EACCES':
      return `no permission for this port; choose another by ${flag}`;
    case 'EADDRNOTAVAIL':
      return `this machine does not have the address; on macOS: sudo ifconfig lo0 alias ${host}`;
    default:
      return message;
  }
}
