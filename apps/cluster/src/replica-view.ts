/** How a replica is, as far as it tells. */
export interface ReplicaView {
  readonly state: 'starting' | 'ready' | 'draining' | 'no answer';
  /** Other replicas that it knows. */
  readonly peers: number;
  readonly peersInSync: number;
  /** Of the peer that is farthest behind. */
  readonly lagEvents: number;
  readonly lagMs: number;
  /** Requests that it counts. */
  readonly requests: number;
}

const nothing = { peers: 0, peersInSync: 0, lagEvents: 0, lagMs: 0, requests: 0 };

/** Nothing is known of it, for now. */
const noAnswer: ReplicaView = { state: 'no answer', ...nothing };
/** It does not answer yet. */
export const notYet: ReplicaView = { state: 'starting', ...nothing };

interface Status {
  readonly state: ReplicaView['state'];
  readonly peers: readonly {
    readonly state: string;
    readonly lag_events: number;
    readonly lag_ms: number;
  }[];
}

/** Asks a replica how it is. Never rejects. */
export async function lookAt(url: string, timeoutMs: number): Promise<ReplicaView> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const [status, metrics] = await Promise.all([
      fetch(`${url}/v1/replica/status`, { signal }).then((answer) => answer.text()),
      fetch(`${url}/metrics`, { signal }).then((answer) => answer.text()),
    ]);
    return viewOf((JSON.parse(status) as { readonly data: Status }).data, metrics);
  } catch {
    return noAnswer;
  }
}

function viewOf({ state, peers }: Status, metrics: string): ReplicaView {
  const others = peers.filter((peer) => peer.state !== 'itself' && peer.state !== 'duplicate');
  return {
    state,
    peers: others.length,
    peersInSync: others.filter((peer) => peer.state === 'in_sync').length,
    lagEvents: Math.max(0, ...others.map((peer) => peer.lag_events)),
    lagMs: Math.max(0, ...others.map((peer) => peer.lag_ms)),
    requests: Number(/^metadata_center_held\{kind="requests"\} (\d+)$/m.exec(metrics)?.[1] ?? 0),
  };
}

/** The view as one line. */
export function lineOf({ state, peers, peersInSync, lagEvents, lagMs, requests }: ReplicaView): string {
  if (state === 'no answer' || (state === 'starting' && peers === 0)) return state;
  return [
    state.padEnd(9),
    `${peersInSync} of ${peers} peers in sync`,
    `lag ${lagEvents} events, ${lagMs} ms`,
    `${requests} requests held`,
  ].join('  ');
}

/** Whether two views differ in more than in counts that go up and down all the time. */
export function isOtherState(a: ReplicaView, b: ReplicaView): boolean {
  return a.state !== b.state || a.peers !== b.peers || a.peersInSync !== b.peersInSync;
}
