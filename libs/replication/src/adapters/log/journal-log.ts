import { Inject, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { ROOT_LOGGER } from '#platform';
import { Journal, type ReplicationNews } from '../../application/ports/journal.js';

type Line = readonly [level: 'info' | 'warn' | 'debug', message: string];

const lines: Readonly<Record<ReplicationNews['type'], Line>> = {
  'peer-found': ['info', 'a replica was found'],
  'peer-gone': ['info', 'a replica is gone: no longer listed, and silent'],
  'peer-refused': ['warn', 'a replica was turned away: there are as many peers as there may be'],
  'peer-answers': ['info', 'a replica answers'],
  'peer-unreachable': ['warn', 'a replica does not answer; its events are kept, and it is tried again'],
  'peer-speaks-go': ['info', 'a replica of the Go service: it gets one event a call'],
  'peer-is-this-replica': ['debug', 'an address of this replica itself'],
  'peer-is-duplicate': ['info', 'a second address of a replica that is fed already'],
  'lookup-failed': ['warn', 'the look-up of replicas failed; the last known ones are kept'],
  'lookup-recovered': ['info', 'the look-up of replicas works again'],
  'snapshot-loaded': ['info', 'a snapshot was loaded'],
  'snapshot-failed': ['warn', 'a snapshot could not be loaded'],
  'hints-loaded': [
    'info',
    'the hints of a replica were loaded, such as which engine has which prefix cached',
  ],
  'hints-failed': ['warn', 'the hints of a replica could not be loaded, or not all of them'],
  repaired: ['warn', 'this replica lacked what another knew, and has it now'],
  'repair-failed': ['debug', 'a comparison with a replica failed; the next round tries again'],
};

/** Writes the replication's news to the log. */
class JournalLog extends Journal {
  constructor(@Inject(ROOT_LOGGER) private readonly log: Logger) {
    super();
  }

  override tell({ type, ...details }: ReplicationNews): void {
    const [level, message] = lines[type];
    this.log[level](details, message);
  }
}

/** Binds {@link Journal} to the process's log. */
@Module({ providers: [{ provide: Journal, useClass: JournalLog }], exports: [Journal] })
export class JournalLogModule {}
