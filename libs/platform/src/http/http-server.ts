import { type IncomingMessage, type RequestListener, type Server, createServer } from 'node:http';

/** Gateways keep idle connections for 5 minutes; the server must not be the first to close one. */
const keepAliveTimeoutMs = 360_000;
/** A client that sends a byte a second is cut off: headers within 5 s, the whole request within 8 s. */
const headersTimeoutMs = 5_000;
const requestTimeoutMs = 8_000;
const connectionsCheckingIntervalMs = 1_000;

export interface HttpServerOptions {
  /** How long a connection with a call under way may pass no byte in either direction: a client that does not read. */
  readonly silenceTimeoutMs: number;
  readonly isUpgradeWanted: (request: IncomingMessage) => boolean;
}

/** A server with the time-outs of the service. The framework sets none on a server that it has not made. */
export function createHttpServer(
  listener: RequestListener,
  { silenceTimeoutMs, isUpgradeWanted }: HttpServerOptions,
): Server {
  const server = createServer(
    {
      keepAliveTimeout: keepAliveTimeoutMs,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: connectionsCheckingIntervalMs,
      // Checked by a hook: Node would answer without the envelope.
      requireHostHeader: false,
      shouldUpgradeCallback: isUpgradeWanted,
    },
    listener,
  );
  server.setTimeout(silenceTimeoutMs);
  return server;
}
