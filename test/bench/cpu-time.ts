import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts a process's CPU time in hundredths of a second (`getconf CLK_TCK`). */
const tickUs = 10_000;

/** CPU time of a process until now, from the operating system's accounting. */
export interface CpuTime {
  /** User and system, of all its threads. */
  readonly usedUs: number;
  /** How long its main thread could have run, and something else had its core. */
  readonly waitedUs: number;
}

/**
 * Linux accounts for each thread in nanoseconds, up to its last switch, and for the process in ticks of 10 ms, threads
 * that have ended among them. So the sum of the threads is exact where the process rests, and is less than the ticks
 * only where threads have ended or the kernel was built without these figures.
 */
export function cpuTimeOf(pid: number): CpuTime {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
    schedulingOf(`/proc/${pid}/task/${thread}/schedstat`),
  );
  const threadsUs = threads.reduce((sum, { usedUs }) => sum + usedUs, 0);
  const { waitedUs } = schedulingOf(`/proc/${pid}/schedstat`);
  return { usedUs: Math.max(threadsUs, tickedUs(pid)), waitedUs };
}

/** @returns nothing used where the thread has just ended, or the kernel does not tell */
function schedulingOf(file: string): CpuTime {
  try {
    const [usedNs = 0, waitedNs = 0] = readFileSync(file, 'utf8').split(' ').map(Number);
    return { usedUs: usedNs / 1_000, waitedUs: waitedNs / 1_000 };
  } catch {
    return { usedUs: 0, waitedUs: 0 };
  }
}

function tickedUs(pid: number): number {
  // The name of the command, in parentheses, may hold blanks; utime and stime are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickUs;
}
