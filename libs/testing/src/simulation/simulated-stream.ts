import { PeerError } from '#replication';
import type { Caller, NetworkPlace, SimulatedNetwork } from './simulated-network.js';
import type { SimulatedTime } from './simulated-time.js';

/** Lines on their way that nobody has read: what the buffers of a connection hold. */
const windowLines = 3;
/** As the HTTP client has it. */
const idleMs = 1_000;
const repeatMs = 200;
/** A reader that takes nothing for so long is gone. */
const stallMs = 10_000;

/** What a stream goes over. */
export interface StreamRoute<Server> {
  readonly network: SimulatedNetwork<Server>;
  readonly time: SimulatedTime;
  readonly reader: Caller;
  readonly donorAddress: string;
}

/**
 * Lines over one connection: they keep their order, come no faster than they are read, and where one is lost nothing
 * follows it.
 */
export class SimulatedStream<Server> {
  readonly #unread: string[] = [];
  #wake = (): void => {};
  #isOver = false;
  /** Lines sent and not yet read, as the donor knows. */
  #onTheWay = 0;
  #isCut = false;
  #isPulling = false;
  #lastArrivalMs = 0;
  #progressMs: number;

  constructor(
    private readonly route: StreamRoute<Server>,
    private readonly donor: NetworkPlace<Server>,
    private readonly lines: AsyncIterator<string>,
  ) {
    this.#progressMs = route.time.nowMs;
    this.#watch();
    this.#pull();
  }

  /** The next line, for the reader. @throws PeerError where none comes */
  async read(): Promise<string> {
    const { reader, donorAddress } = this.route;
    if (this.#unread.length === 0) {
      await new Promise<void>((resolve, reject) => {
        const cancel = reader.process.after(idleMs, () =>
          reject(new PeerError(`${donorAddress} sent no more for ${idleMs} ms`)),
        );
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
    const line = this.#unread.shift()!;
    this.#tellDonor(() => {
      this.#onTheWay--;
      this.#progressMs = this.route.time.nowMs;
      this.#pull();
    });
    return line;
  }

  /** The reader has had enough. */
  close(): void {
    this.#tellDonor(() => this.#end());
  }

  /** Acknowledgements and the end of a connection are the system's, which repeats them until they arrive. */
  #tellDonor(action: () => void): void {
    const { network, reader, donorAddress, time } = this.route;
    const delayMs = network.streamDelayMs(reader.address, donorAddress);
    if (delayMs !== undefined) this.donor.process.after(delayMs, action);
    else if (this.donor.process.state !== 'dead') time.after(repeatMs, () => this.#tellDonor(action));
  }

  /** The donor makes the next line when there is room for it. */
  #pull(): void {
    if (this.#isOver || this.#isPulling || this.#onTheWay >= windowLines) return;
    this.#isPulling = true;
    this.donor.process.after(this.donor.process.turnMs(), () => void this.#sendNext());
  }

  async #sendNext(): Promise<void> {
    const value = await this.#nextLine();
    this.#isPulling = false;
    if (value === undefined) {
      this.#end();
      return;
    }
    this.#onTheWay++;
    this.#send(value);
    this.#pull();
  }

  /** @returns undefined where there is none, since that was all or the donor has failed; the reader sees no end then */
  async #nextLine(): Promise<string | undefined> {
    try {
      const { done, value } = await this.lines.next();
      return done === true ? undefined : value;
    } catch {
      return undefined;
    }
  }

  #send(line: string): void {
    const { network, time, reader, donorAddress } = this.route;
    const delayMs = network.streamDelayMs(donorAddress, reader.address);
    if (delayMs === undefined) this.#isCut = true;
    if (this.#isCut) return;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, time.nowMs + delayMs!);
    time.after(this.#lastArrivalMs - time.nowMs, () =>
      reader.process.arriveInOrder(() => {
        this.#unread.push(line);
        this.#wake();
        this.#wake = () => {};
      }),
    );
  }

  #watch(): void {
    if (this.#isOver) return;
    if (this.route.time.nowMs - this.#progressMs >= stallMs) this.#end();
    else this.donor.process.after(stallMs, () => this.#watch());
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.lines.return?.();
  }
}
