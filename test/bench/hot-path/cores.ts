import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where the processes of the bench run, as `taskset` takes it; anywhere where undefined. */
export interface Cores {
  readonly server: string | undefined;
  readonly generator: string | undefined;
}

/** Finds a core for the server and another for the load, if this host has them. */
export function findCores(): Cores {
  if (spawnSync('taskset', ['--version']).status !== 0) return anywhere;
  const status = readFileSync('/proc/self/status', 'utf8');
  const allowed = readCoreList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
  return chooseCores(allowed, (core) =>
    readCoreList(readFileSync(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`, 'utf8')),
  );
}

const anywhere: Cores = { server: undefined, generator: undefined };

/**
 * The last core for the server, since interrupts mostly come to the first; and the first that is no thread of it for
 * the load, or at least another thread.
 *
 * @param siblingsOf the threads of a core that one is of
 */
export function chooseCores(
  allowed: readonly number[],
  siblingsOf: (core: number) => readonly number[],
): Cores {
  const server = allowed.at(-1);
  if (server === undefined || allowed.length === 1) return anywhere;
  const siblings = siblingsOf(server);
  const generator = allowed.find((core) => !siblings.includes(core)) ?? allowed[0];
  return { server: String(server), generator: String(generator) };
}

/** Reads what the kernel writes for cores, such as `0-2,5`. */
export function readCoreList(text: string): readonly number[] {
  return text
    .trim()
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
}
