import { serviceFlags, serviceProgram } from '../e2e/support/service-program.ts';
import { type MeasuredServer, startServer } from './processes.ts';

// Below the range from which the system takes the ports of outgoing connections.
const apiPort = 18_380;
const adminPort = 18_381;

/**
 * Starts replicas of the built service on 127.0.0.1, 127.0.0.2 and so on.
 *
 * @param knownPeers `each other`, or a list of `host:port` for all of them, or empty
 */
export async function startReplicas(count: number, knownPeers: string): Promise<MeasuredServer[]> {
  const hosts = Array.from({ length: count }, (_, index) => `127.0.0.${index + 1}`);
  const peers =
    knownPeers === 'each other' ? hosts.map((host) => `${host}:${apiPort}`).join(',') : knownPeers;
  return Promise.all(
    hosts.map((host) =>
      startServer(serviceProgram, {
        flags: serviceFlags,
        url: `http://${host}:${apiPort}`,
        readyUrl: `http://${host}:${adminPort}/readyz`,
        environment: {
          METADATA_CENTER_HTTP_HOST: host,
          METADATA_CENTER_HTTP_PORT: String(apiPort),
          METADATA_CENTER_ADMIN_PORT: String(adminPort),
          METADATA_CENTER_STATIC_PEERS: peers,
          METADATA_CENTER_MAX_REQUESTS: '20000000',
          METADATA_CENTER_LOG_LEVEL: 'ERROR',
        },
      }),
    ),
  );
}
