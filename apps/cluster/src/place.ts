import { lookAt, notYet, type ReplicaView } from './replica-view.js';
import { ReplicaProcess, type ReplicaStart } from './replica-process.js';

/** Where a replica is to run, and how. */
export interface PlaceOptions extends ReplicaStart {
  readonly host: string;
  readonly url: string;
  readonly restartDelayMs: number;
  readonly lookTimeoutMs: number;
  readonly stopTimeoutMs: number;
  /** Something happened that a person should know. */
  readonly onNews: (text: string) => void;
  /** The replica can't start, and why. */
  readonly onFailure: (reason: string) => void;
}

/** A place in the cluster: keeps a replica running there until it is told to stop. */
export class Place {
  #replica: ReplicaProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #hasBeenReady = false;
  #isStopping = false;

  constructor(private readonly options: PlaceOptions) {}

  start(): void {
    this.#hasBeenReady = false;
    this.#replica = new ReplicaProcess(this.options);
    void this.#watch(this.#replica);
  }

  /** How the replica is now. */
  async look(): Promise<ReplicaView> {
    const looked = this.#replica;
    if (looked === undefined) return notYet;
    const view = await lookAt(this.options.url, this.options.lookTimeoutMs);
    if (view.state === 'ready' && looked === this.#replica) this.#hasBeenReady = true;
    return view.state === 'no answer' && !this.#hasBeenReady ? notYet : view;
  }

  /** Ends the replica in order. @returns what was wrong with its end */
  async stop(): Promise<string | undefined> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const how = await this.#replica?.stop(this.options.stopTimeoutMs);
    // A process that has only just begun has no handler for the signal yet.
    const isTooYoung = !this.#hasBeenReady && how === 'killed by SIGTERM';
    if (how === undefined || how === 'exit code 0' || isTooYoung) return undefined;
    return `${this.options.host} ended with ${how}, which is not in order`;
  }

  async #watch(replica: ReplicaProcess): Promise<void> {
    const { host, restartDelayMs, onNews, onFailure } = this.options;
    const how = await replica.ended;
    if (this.#isStopping) return;
    this.#replica = undefined;
    if (!this.#hasBeenReady) {
      onFailure(`${host} could not start: ${replica.lastError || how}`);
      return;
    }
    onNews(`${host} ended with ${how}; it is started again`);
    this.#restart = setTimeout(() => this.start(), restartDelayMs);
  }
}
