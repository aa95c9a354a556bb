import { quoted } from '#platform';
import { type Variable, variables } from './variables.js';

type ValueOf<V> =
  V extends Variable<infer T, infer Default> ? T | (Default extends undefined ? undefined : never) : never;

/** The environment, read and checked once. */
export type Configuration = {
  readonly [K in keyof typeof variables]: ValueOf<(typeof variables)[K]>;
};

/** Variables that hold something that is not allowed: one line for each. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
  }
}

/**
 * Reads all {@link variables}; an empty one counts as unset.
 *
 * @throws ConfigurationError that names every bad variable, its value and what is allowed
 */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const problems: string[] = [];
  const entries = Object.entries(variables).map(([key, { name, format, default: defaultText }]) => {
    const text = environment[name]?.trim() || defaultText;
    const value = text === undefined ? undefined : format.parse(text);
    if (text !== undefined && value === undefined) {
      problems.push(`${name} is ${quoted(text)}; it must be ${format.allowed}`);
    }
    return [key, value] as const;
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze(Object.fromEntries(entries)) as Configuration;
}

/** Variables that Kubernetes sets for Services whose names begin like this service's ("service links"). */
const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_.+)?)$/;

/** Variables that bear this service's prefix but mean nothing to it: most likely misspelt. */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(Object.values(variables).map(({ name }) => name));
  return Object.keys(environment)
    .filter((name) => name.startsWith('METADATA_CENTER_') && !known.has(name) && !serviceLink.test(name))
    .sort();
}
