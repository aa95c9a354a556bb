import { Module } from '@nestjs/common';
import { EventFeed } from '#replication';
import { PrefixEvents } from '../../application/ports/prefix-events.js';
import type { HashChain } from '../../domain/hash-chain.js';
import { droppedText, prefixKind, savedText } from './prefix-format.js';

/** Tells the other replicas. A replica that has none makes no text of it. */
export class ReplicatedPrefixEvents extends PrefixEvents {
  constructor(private readonly feed: Pick<EventFeed, 'isWanted' | 'publish'>) {
    super();
  }

  override prefixesSaved(cluster: string, ip: string, chain: HashChain, savedMs: number): void {
    if (this.feed.isWanted) this.feed.publish(prefixKind, savedText(cluster, ip, chain), savedMs);
  }

  override engineDropped(cluster: string, ip: string, droppedMs: number): void {
    if (this.feed.isWanted) this.feed.publish(prefixKind, droppedText(cluster, ip), droppedMs);
  }
}

/** Binds {@link PrefixEvents} to the replication's feed. */
@Module({
  providers: [
    {
      provide: PrefixEvents,
      useFactory: (feed: EventFeed): PrefixEvents => new ReplicatedPrefixEvents(feed),
      inject: [EventFeed],
    },
  ],
  exports: [PrefixEvents],
})
export class ReplicatedPrefixEventsModule {}
