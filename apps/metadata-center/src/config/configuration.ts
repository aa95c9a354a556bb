import { quoted } from '#platform';
import { type Variable, variables } from './variables.js';

type ValueOf<V> =
  V extends Variable<infer T, infer Default> ? T | (Default extends undefined ? undefined : never) : never;

/** The environment, read and checked once. */
export type Configuration = {
  readonly [K in keyof typeof variables]: ValueOf<(typeof variables)[K]>;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that hold something that is not allowed, alone or beside others: one line for each. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
  }
}

/**
 * Reads all {@link variables}; an empty one counts as unset.
 *
 * @throws ConfigurationError that names every bad variable, its value and what is allowed, and every one that needs
 *   another
 */
export function readConfiguration(environment: Environment): Configuration {
  const problems: string[] = [];
  const entries = Object.entries(variables).map(([key, { name, format, default: defaultText }]) => {
    const text = environment[name]?.trim() || defaultText;
    const value = text === undefined ? undefined : format.parse(text);
    if (text !== undefined && value === undefined) {
      problems.push(`${name} is ${quoted(text)}; it must be ${format.allowed}`);
    }
    return [key, value] as const;
  });
  const config = Object.freeze(Object.fromEntries(entries)) as Configuration;
  problems.push(...missing(config, environment));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
}

/** What a variable needs of another that is unset. One that is set to nonsense is its own problem. */
function missing({ discovery, dnsServers }: Configuration, environment: Environment): string[] {
  const isUnset = ({ name }: { readonly name: string }): boolean => !environment[name]?.trim();
  const { discovery: mode, discoveryHost: host, dnsServers: servers, staticPeers: peers } = variables;
  const problems: string[] = [];
  if (discovery === 'static' && isUnset(peers)) {
    problems.push(`${mode.name} is "static", which needs ${peers.name}: set it to ${peers.format.allowed}`);
  }
  if (discovery === 'srv' && isUnset(host)) {
    problems.push(`${mode.name} is "srv", which needs ${host.name}: set it to the name of the SRV records`);
  }
  if (dnsServers !== undefined && isUnset(host)) {
    problems.push(
      `${servers.name} needs ${host.name}, the name to ask them for: set that too, or leave ${servers.name} out`,
    );
  }
  return problems;
}

/** Variables that Kubernetes sets for Services whose names begin like this service's ("service links"). */
const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_.+)?)$/;

/** Variables that bear this service's prefix but mean nothing to it: most likely misspelt. */
export function unknownVariables(environment: Environment): string[] {
  const known = new Set<string>(Object.values(variables).map(({ name }) => name));
  return Object.keys(environment)
    .filter((name) => name.startsWith('METADATA_CENTER_') && !known.has(name) && !serviceLink.test(name))
    .sort();
}
