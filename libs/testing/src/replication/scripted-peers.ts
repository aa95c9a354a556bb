import type {
  BatchAnswer,
  DigestAnswer,
  DigestRequest,
  GoCall,
  OutgoingBatch,
  PeerClient,
  SnapshotRequest,
  SnapshotStream,
} from '#replication';

type Answer<Value> = Value | Promise<Value>;

/** A transport whose peers answer as the test says, and which remembers what they were asked. */
export class ScriptedPeers implements PeerClient {
  readonly batches: (OutgoingBatch & { readonly peer: string })[] = [];
  readonly snapshotRequests: (SnapshotRequest & { readonly peer: string })[] = [];
  readonly digestRequests: (DigestRequest & { readonly peer: string })[] = [];
  readonly forgotten: string[] = [];

  /** What answers a batch; all applied, unless the test says otherwise. */
  onBatch = (peer: string, { first, events }: OutgoingBatch): Answer<BatchAnswer | 'unknown-call'> => ({
    epoch: epochOf(peer),
    phase: 'ready',
    outcome: 'applied',
    applied: first + events.length - 1,
  });
  onSnapshot = (_peer: string, _request: SnapshotRequest): Answer<SnapshotStream | 'not-ready'> =>
    'not-ready';
  onDigest = (_peer: string, _request: DigestRequest): Answer<DigestAnswer | 'not-ready'> => 'not-ready';
  onGoCall = (_peer: string, _call: GoCall): Answer<boolean> => true;

  async sendBatch(peer: string, batch: OutgoingBatch): Promise<BatchAnswer | 'unknown-call'> {
    this.batches.push({ peer, ...batch });
    return this.onBatch(peer, batch);
  }

  async fetchSnapshot(peer: string, request: SnapshotRequest): Promise<SnapshotStream | 'not-ready'> {
    this.snapshotRequests.push({ peer, ...request });
    return this.onSnapshot(peer, request);
  }

  async fetchDigest(peer: string, request: DigestRequest): Promise<DigestAnswer | 'not-ready'> {
    this.digestRequests.push({ peer, ...request });
    return this.onDigest(peer, request);
  }

  async sendGoCall(peer: string, call: GoCall): Promise<boolean> {
    return this.onGoCall(peer, call);
  }

  forget(peer: string): void {
    this.forgotten.push(peer);
  }
}

/** An epoch for each address. */
function epochOf(peer: string): string {
  return Buffer.from(peer).toString('hex').slice(-16).padStart(16, '0');
}
