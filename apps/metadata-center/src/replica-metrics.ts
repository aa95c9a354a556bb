import { type LogOutput, type MetricSource, type Readiness, family, sample } from '#platform';

/** What the replica says of itself. */
export class ReplicaMetrics implements MetricSource {
  constructor(
    private readonly version: string,
    private readonly readiness: Readiness,
    private readonly logOutput: Pick<LogOutput, 'droppedLines'>,
  ) {}

  *render(): Iterable<string> {
    yield (
      family('app_version_info', 'gauge', 'The release that runs') +
      sample('app_version_info', { version: this.version }, 1) +
      family('metacenter_node_alive', 'gauge', 'Always 1: the process answers') +
      sample('metacenter_node_alive', {}, 1) +
      family('metadata_center_ready', 'gauge', 'Whether the replica answers clients: 1, else 0') +
      sample('metadata_center_ready', {}, this.readiness.state === 'ready' ? 1 : 0) +
      family('metadata_center_log_lines_dropped_total', 'counter', 'Log lines that nobody has read in time') +
      sample('metadata_center_log_lines_dropped_total', {}, this.logOutput.droppedLines)
    );
  }
}
