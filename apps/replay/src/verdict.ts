import { sumOf } from './fleet/replica-figures.js';
import { hasConverged, isClean, type Outcome } from './outcome.js';
import { convergenceLimitMs } from './replay.js';

/** The last line of the report: what was found, at a glance; a line for each replay where they differ. */
export function verdictOn(outcomes: readonly Outcome[], ownReplica: boolean): string {
  const verdicts = outcomes.map((outcome) => verdictOnOne(outcome, ownReplica));
  const [first] = verdicts;
  if (first !== undefined && verdicts.every((verdict) => verdict === first)) return `${first}\n`;
  return verdicts.map((verdict, index) => `${outcomes[index]?.plan.choice}: ${verdict}\n`).join('');
}

function verdictOnOne(outcome: Outcome, ownReplica: boolean): string {
  const { end } = outcome.end;
  const found = findings(outcome);
  if (end === 'interrupted') {
    const left = 'Requests under way stay with the service until they expire.';
    return ownReplica ? `Interrupted: ${found}.` : `Interrupted: ${found}. ${left}`;
  }
  if (end === 'lost') return `FAILED, given up: the service stopped giving proper answers; ${found}.`;
  if (!isClean(outcome)) return `FAILED: ${found}${atTheEnd(outcome)}.`;
  const { errors, differences } = outcome.statistics;
  if (errors + differences > 0) return `Faults tolerated: ${found}${atTheEnd(outcome)}.`;
  if (outcome.replicas.length === 1) return 'No error, no difference.';
  const { timeouts, retries } = sumOf(outcome.replicas.map(({ figures }) => figures));
  const smooth =
    retries === 0 ? 'no time-out' : `${timeouts} time-outs, ${retries} calls retried with success`;
  return `No error, ${smooth}, no difference${atTheEnd(outcome)}.`;
}

function findings({ statistics: { errors, differences } }: Outcome): string {
  return `${errors} errors, ${differences} differences`;
}

function atTheEnd({ end }: Outcome): string {
  if (end.end !== 'played' || end.convergence === undefined) return '';
  const { replicas, agreed } = end.convergence;
  const right = replicas.filter(({ rightAfterMs }) => rightAfterMs !== undefined);
  if (hasConverged(end)) {
    const lastMs = Math.max(...right.map(({ rightAfterMs = 0 }) => rightAfterMs));
    return `; all replicas right ${Math.ceil(lastMs)} ms after the last call`;
  }
  const seconds = convergenceLimitMs / 1000;
  if (right.length < replicas.length)
    return `; ${replicas.length - right.length} of ${replicas.length} replicas not right within ${seconds} s`;
  return agreed ? '' : `; the replicas differ from each other after ${seconds} s`;
}
