import { FrameworkCalls } from './framework-calls.js';
import { type RawCall, RawCalls, bytesOf } from './raw-calls.js';
import { type RunningReplica, startReplica } from './replica.js';
import { ways } from './ways.js';

/** A replica all of whose ordinary calls go one way. */
export interface Twin {
  readonly replica: RunningReplica;
  readonly connection: string;
  readonly calls: RawCalls;
}

/** One answer to the same call from each twin. */
export interface TwinAnswers {
  /** As they came, but for the date and the trace id where the client has given none. */
  readonly lane: string;
  readonly framework: string;
  /** Whether the framework has called a handler for the call that was to take the lane, and for the other. */
  readonly byFramework: readonly [lane: boolean, framework: boolean];
}

/** Two replicas that get the same calls at the same time, of which one answers by its lane, the other by the framework. */
export class Twins implements AsyncDisposable {
  readonly #frameworkCalls = new FrameworkCalls();

  private constructor(
    readonly lane: Twin,
    readonly framework: Twin,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<Twins> {
    const [lane, framework] = await Promise.all(
      ways.map(async ({ connection }) => {
        const replica = await startReplica(environment);
        return { replica, connection, calls: new RawCalls(replica.port) };
      }),
    );
    return new Twins(lane!, framework!);
  }

  get both(): readonly Twin[] {
    return [this.lane, this.framework];
  }

  call(call: RawCall): Promise<TwinAnswers> {
    return this.exchange((connection) => bytesOf(call, connection));
  }

  /** @param bytesFor what to send to the one whose header `Connection` is to say this */
  async exchange(bytesFor: (connection: string) => Buffer | string): Promise<TwinAnswers> {
    const answers: string[] = [];
    const byFramework: boolean[] = [];
    this.#frameworkCalls.take();
    for (const { calls, connection } of this.both) {
      answers.push(steadyAnswer(await calls.exchange(bytesFor(connection))));
      byFramework.push(this.#frameworkCalls.take() > 0);
    }
    const [lane, framework] = answers;
    return { lane: lane!, framework: framework!, byFramework: [byFramework[0]!, byFramework[1]!] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#frameworkCalls[Symbol.dispose]();
    for (const { calls } of this.both) calls[Symbol.dispose]();
    await Promise.all(this.both.map(({ replica }) => replica.close()));
  }
}

const madeTraceId = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

/** An answer without what may differ: the date, and a trace id that the service has made. */
export function steadyAnswer(answer: string): string {
  return answer.replace(/^Date: .*(?=\r$)/m, 'Date: …').replaceAll(madeTraceId, '…');
}
