import { ApiProperty } from '@nestjs/swagger';
import type { ReplicationStatus } from '../../../application/report-status.js';
import type { ReplicaPhase } from '../../../domain/this-replica.js';
import { DirectoryStatusDto } from './directory-status.dto.js';
import { LatencyDto } from './latency.dto.js';
import { LogStatusDto } from './log-status.dto.js';
import { PeerStatusDto } from './peer-status.dto.js';
import { ReceivedEventsDto } from './received-events.dto.js';
import { type Totals, TotalsProperty, totalsOf } from './totals.js';

/** Answer of `GET /v1/replica/status`. */
export class ReplicaStatusDto {
  @ApiProperty({
    description: 'Random id of this process: 16 hex digits. A process that starts again has another one',
  })
  readonly epoch: string;

  @ApiProperty({ description: 'Where others reach this replica, host:port' })
  readonly address: string;

  @ApiProperty({ enum: ['starting', 'ready', 'draining'], description: 'Where it is in its life' })
  readonly state: ReplicaPhase;

  @ApiProperty({ description: 'It serves without having learnt all that others could tell' })
  readonly degraded: boolean;

  @ApiProperty({ description: 'The events of this process that are held for its peers' })
  readonly log: LogStatusDto;

  @ApiProperty({ description: 'What the look-up of replicas gave' })
  readonly directory: DirectoryStatusDto;

  @ApiProperty({ type: [PeerStatusDto], description: 'The other replicas, and how far each has the log' })
  readonly peers: readonly PeerStatusDto[];

  @ApiProperty({
    type: [ReceivedEventsDto],
    description: 'How far this replica has the events of other processes',
  })
  readonly received: readonly ReceivedEventsDto[];

  @ApiProperty({ description: 'From the call of a batch’s oldest event to the peer’s acknowledgement' })
  readonly latency: LatencyDto;

  @TotalsProperty()
  readonly totals: Totals;

  constructor(status: ReplicationStatus) {
    this.epoch = status.epoch;
    this.address = status.address;
    this.state = status.phase;
    this.degraded = status.isDegraded;
    this.log = new LogStatusDto(status.log);
    this.directory = new DirectoryStatusDto(status.directory, status.totals.failedLookups);
    this.peers = status.peers.map((peer) => new PeerStatusDto(peer));
    this.received = Array.from(status.received, ([epoch, cursor]) => new ReceivedEventsDto(epoch, cursor));
    this.latency = new LatencyDto(status.totals);
    this.totals = totalsOf(status.totals);
  }
}
