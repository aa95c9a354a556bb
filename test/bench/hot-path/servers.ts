import { freePort } from '../../e2e/support/free-port.ts';
import { serviceFlags, serviceProgram } from '../../e2e/support/service-program.ts';
import { type MeasuredServer, startServer } from '../processes.ts';

const host = '127.0.0.1';
const bareScript = new URL('../bare-server.ts', import.meta.url).pathname;

/** A lone replica: what would make it look for others must not reach it. All else of the environment does. */
const withoutPeers = {
  META_DATA_CENTER_SVC_DISC_HOST: undefined,
  METADATA_CENTER_DISCOVERY: undefined,
  METADATA_CENTER_STATIC_PEERS: undefined,
  POD_IP: undefined,
};

/** Starts the service as in production, its log thrown away. */
export async function startService(cores: string | undefined): Promise<MeasuredServer> {
  const port = await freePort(host);
  const adminPort = await freePort(host);
  return startServer(serviceProgram, {
    url: `http://${host}:${port}`,
    readyUrl: `http://${host}:${adminPort}/readyz`,
    flags: serviceFlags,
    cores,
    environment: {
      ...withoutPeers,
      NODE_ENV: 'production',
      METADATA_CENTER_HTTP_HOST: host,
      METADATA_CENTER_HTTP_PORT: String(port),
      METADATA_CENTER_ADMIN_PORT: String(adminPort),
      METADATA_CENTER_MAX_REQUESTS: '20000000',
    },
  });
}

/** Starts the bare server. @param engines how many its `GET` tells of */
export async function startBare(engines: number, cores: string | undefined): Promise<MeasuredServer> {
  const port = await freePort(host);
  return startServer(bareScript, {
    url: `http://${host}:${port}`,
    cores,
    environment: { NODE_ENV: 'production', PORT: String(port), ENGINES: String(engines) },
  });
}
