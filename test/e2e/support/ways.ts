import { type Call, call } from './call.js';

/** One of the two ways on which the service answers a call. */
export interface Way {
  readonly name: string;
  /** The header `Connection` that leads an ordinary call this way. */
  readonly connection: string;
  /** Makes calls that go this way, unless something else about them is out of the ordinary. */
  readonly call: Call;
}

function wayOf(name: string, connection: string): Way {
  return {
    name,
    connection,
    call: (method, url, body, headers, agent) => call(method, url, body, { connection, ...headers }, agent),
  };
}

/** The fast lane takes ordinary calls only. `TE` is an option of connections that nobody here does anything about. */
export const ways = [wayOf('fast lane', 'keep-alive'), wayOf('framework', 'TE')] as const;
