import { Module } from '@nestjs/common';
import { EventFeed } from '#replication';
import { RequestChanges } from '../../application/ports/request-changes.js';
import type { Life } from '../../domain/inference-request.js';
import { changeText } from './life-format.js';
import { loadKind } from './load-kind.js';

/** Tells the other replicas of every change. A replica that has none makes no text of it. */
export class ReplicatedChanges extends RequestChanges {
  constructor(private readonly feed: Pick<EventFeed, 'isWanted' | 'publish'>) {
    super();
  }

  override publish(requestId: string, change: Life): void {
    if (this.feed.isWanted) this.feed.publish(loadKind, changeText(requestId, change), change.startedMs);
  }
}

/** Binds {@link RequestChanges} to the replication's feed. */
@Module({
  providers: [
    {
      provide: RequestChanges,
      useFactory: (feed: EventFeed): RequestChanges => new ReplicatedChanges(feed),
      inject: [EventFeed],
    },
  ],
  exports: [RequestChanges],
})
export class ReplicatedChangesModule {}
