import type { Journal, ReplicationNews } from '#replication';

/** Keeps all that operators would hear of. */
export class RecordedNews implements Journal {
  readonly news: ReplicationNews[] = [];

  tell(news: ReplicationNews): void {
    this.news.push(news);
  }

  get types(): string[] {
    return this.news.map(({ type }) => type);
  }
}
