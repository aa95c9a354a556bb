import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { LoadGenerator } from './generator.ts';

/** What the figures depend on. */
export interface Host {
  readonly hardware: Readonly<Record<'cpu' | 'cores' | 'memoryGib' | 'system', string | number>>;
  readonly versions: Readonly<Record<'node' | 'service' | 'generator', string>>;
  /** Variables of the environment that the service has from whoever runs the bench. */
  readonly environment: Readonly<Record<string, string>>;
}

export function hostOf({ name, version: generatorVersion }: LoadGenerator): Host {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const given = Object.entries(process.env).filter(([name]) =>
    /^(METADATA_CENTER_|REPLICA_|NODE_OPT)/.test(name),
  );
  return {
    hardware: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGib: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
    },
    versions: { node: process.version, service: version, generator: `${name} ${generatorVersion}` },
    environment: Object.fromEntries(given) as Record<string, string>,
  };
}
