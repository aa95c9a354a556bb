import { Module } from '@nestjs/common';
import { RequestChanges } from '../../application/ports/request-changes.js';

/** A replica without peers: nobody is to hear of its changes. */
class LoneReplica extends RequestChanges {
  override publish(): void {}
}

/** Binds {@link RequestChanges} for a replica without peers. */
@Module({ providers: [{ provide: RequestChanges, useClass: LoneReplica }], exports: [RequestChanges] })
export class LoneReplicaModule {}
