import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NameServer } from '#name-server';
import { openDisplay, type Display, type DisplayStream } from './display.js';
import { InputError } from './input-error.js';
import { parseArguments, type Options } from './options.js';
import { Place } from './place.js';
import { refuseTakenPort } from './ports.js';

/** What the command works with. */
export interface CommandContext {
  readonly stdout: DisplayStream;
  readonly stderr: NodeJS.WritableStream;
  /** What the replicas inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The compiled main file of the service. */
  readonly script: string;
  /** Ends the cluster. */
  readonly signal: AbortSignal;
}

/** Exit codes; see the help text. */
const cleanExit = 0;
const failedExit = 1;
const badInputExit = 2;

/** Of the reserved top-level domain for tests (RFC 6761): it can't be anybody's. */
const clusterName = 'replicas.metadata-center.test';
const lookPeriodMs = 1_000;
/** While a replica starts. */
const impatientPeriodMs = 200;
/** A replica ends within 10 s. */
const stopTimeoutMs = 12_000;

/** Runs the whole command and gives its exit code. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    const parsed = parseArguments(args);
    if ('options' in parsed) return await runCluster(parsed.options, context);
    context.stdout.write(parsed.help);
    return cleanExit;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    context.stderr.write(`cluster: ${error.message}\n`);
    return badInputExit;
  }
}

async function runCluster(options: Options, context: CommandContext): Promise<number> {
  const hosts = Array.from({ length: options.replicas }, (_, index) => `127.0.0.${index + 1}`);
  if (!existsSync(context.script))
    throw new InputError(`${context.script} is missing; build it by npm run build`);
  for (const host of hosts) {
    await refuseTakenPort({ host, port: options.port, flag: '--port' });
    await refuseTakenPort({ host, port: options.adminPort, flag: '--admin-port' });
  }
  const nameServer = await NameServer.start();
  try {
    nameServer.setAddresses(clusterName, hosts);
    return await keepRunning(hosts, options, context, nameServer);
  } finally {
    await nameServer.close();
  }
}

async function keepRunning(
  hosts: readonly string[],
  options: Options,
  context: CommandContext,
  { address }: NameServer,
): Promise<number> {
  const { stdout, stderr, signal } = context;
  const display = openDisplay(stdout, () => performance.now());
  const failures: string[] = [];
  const dnsServer = `${address.host}:${address.port}`;
  const places = hosts.map(
    (host) =>
      new Place({
        host,
        url: `http://${host}:${options.port}`,
        script: context.script,
        environment: environmentOf(host, options, dnsServer, context.environment),
        restartDelayMs: 1_000,
        lookTimeoutMs: 900,
        stopTimeoutMs,
        onLine: (line) => display.tell(`${host} | ${line}`),
        onNews: (text) => display.tell(text),
        onFailure: (reason) => failures.push(reason),
      }),
  );
  for (const line of introduction(hosts, options, dnsServer)) display.tell(line);
  for (const place of places) place.start();
  await watch(hosts, places, display, () => signal.aborted || failures.length > 0, signal);
  display.tell('ending all replicas');
  const ends = await Promise.all(places.map((place) => place.stop()));
  const problems = [...failures, ...ends.filter((problem) => problem !== undefined)];
  for (const problem of problems) stderr.write(`cluster: ${problem}\n`);
  return problems.length === 0 ? cleanExit : failedExit;
}

function introduction(
  hosts: readonly string[],
  { port, adminPort }: Options,
  dnsServer: string,
): readonly string[] {
  return [
    ...hosts.map((host) => `http://${host}:${port}  admin http://${host}:${adminPort}`),
    `found as ${clusterName} by the name server ${dnsServer}; Ctrl-C ends all`,
    '',
  ];
}

/** Shows all replicas once a second until it is over. */
async function watch(
  hosts: readonly string[],
  places: readonly Place[],
  display: Display,
  isOver: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  while (!isOver()) {
    const views = await Promise.all(places.map((place) => place.look()));
    if (isOver()) return;
    display.show(views.map((view, index) => ({ name: hosts[index]!, view })));
    const isCalm = views.every(({ state }) => state === 'ready');
    // Aborting rejects the timer, which here is no error.
    await sleep(isCalm ? lookPeriodMs : impatientPeriodMs, undefined, { signal }).catch(() => undefined);
  }
}

function environmentOf(
  host: string,
  { port, adminPort, logLevel }: Options,
  dnsServer: string,
  inherited: CommandContext['environment'],
): Record<string, string | undefined> {
  return {
    ...inherited,
    METADATA_CENTER_HTTP_HOST: host,
    METADATA_CENTER_HTTP_PORT: String(port),
    METADATA_CENTER_ADMIN_PORT: String(adminPort),
    METADATA_CENTER_LOG_LEVEL: logLevel,
    METADATA_CENTER_LOG_FORMAT: 'text',
    METADATA_CENTER_DISCOVERY: 'dns',
    METADATA_CENTER_DNS_SERVERS: dnsServer,
    META_DATA_CENTER_SVC_DISC_HOST: clusterName,
    METADATA_CENTER_STATIC_PEERS: undefined,
    REPLICA_CLIENT_TARGET_PORT: undefined,
    POD_IP: undefined,
  };
}
