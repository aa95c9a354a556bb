import { type Answer, call } from './call.js';

/** A load event as it goes over the wire. */
export interface WireEvent {
  readonly kind: string;
  readonly ageMs: number;
  readonly unchangedMs: number;
  readonly state: object;
}

/** `GET /v1/replica/status`, as far as tests look at it. */
export interface Status {
  readonly epoch: string;
  readonly address: string;
  readonly state: string;
  readonly degraded: boolean;
  readonly log: { readonly next: number; readonly events: number };
  readonly directory: { readonly hosts: readonly string[] };
  readonly peers: readonly {
    readonly address: string;
    readonly epoch: string | null;
    readonly state: string;
    readonly source: string;
    readonly lag_events: number;
  }[];
  readonly received: readonly {
    readonly epoch: string;
    readonly origin: string | null;
    readonly applied: number;
  }[];
  readonly totals: Readonly<Record<string, number>>;
}

/** What an answered batch says. */
export interface Progress {
  readonly epoch: string;
  readonly state: string;
  readonly outcome: string;
  readonly applied: number;
}

/** The origin of the batches below: no replica listens there. */
export const stranger = { origin: '127.0.0.1:9', epoch: 'aaaaaaaaaaaaaaaa' };

/** A request that begins, as an event. */
export function started(
  id: string,
  record: { cluster?: string; ip?: string; promptLength?: number } = {},
): WireEvent {
  const { cluster = 'c', ip = '10.0.0.1', promptLength = 0 } = record;
  return {
    kind: 'load',
    ageMs: 0,
    unchangedMs: 0,
    state: { id, g: 1, f: 0, r: ['1', cluster, ip, promptLength] },
  };
}

/** The calls between replicas, as another replica makes them to this one. */
export class ReplicaCalls {
  constructor(readonly url: string) {}

  /** A batch from the first event on; `fields` are laid over one that is complete and right. */
  events(events: readonly object[], fields: object = {}): Promise<Answer> {
    return this.post('events', { v: 1, ...stranger, first: 1, oldest: 1, events, ...fields });
  }

  digest(fields: object = {}): Promise<Answer> {
    return this.post('digest', { v: 1, agoMs: 0, youngerThanMs: 600_000, ...fields });
  }

  async digestText(): Promise<string> {
    return ((await this.digest()).body.data as { digest: string }).digest;
  }

  snapshot(query = ''): Promise<Answer> {
    return call('GET', `${this.url}/v1/replica/snapshot${query}`);
  }

  /** The lines of a snapshot. */
  async snapshotLines(query = ''): Promise<object[]> {
    const { text } = await this.snapshot(query);
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
  }

  /** The events of a snapshot. */
  async snapshotEvents(query = ''): Promise<WireEvent[]> {
    const lines = (await this.snapshotLines(query)) as { events?: WireEvent[] }[];
    return lines.flatMap(({ events }) => events ?? []);
  }

  async status(): Promise<Status> {
    return (await call('GET', `${this.url}/v1/replica/status`)).body.data as Status;
  }

  /** @param body an object, or what stands on the wire */
  post(name: 'events' | 'digest', body?: string | Buffer | object): Promise<Answer> {
    return call('POST', `${this.url}/v1/replica/${name}`, body);
  }
}
