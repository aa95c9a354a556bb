import { Acknowledgements, type Staleness } from './acknowledgements.js';
import type { EngineLoad } from './engines.js';
import { Ledger, type Claim } from './ledger.js';

/** Every count of an engine's load that the books keep. */
const quantities = ['queuedRequests', 'prefillRequests', 'promptLength'] as const;

/** One count of an engine's load. */
export type Quantity = (typeof quantities)[number];

/** An answer's count that can't be right. */
export interface Difference {
  /** The engine's place. */
  readonly engine: number;
  readonly quantity: Quantity;
  readonly answered: number;
  readonly lower: number;
  readonly upper: number;
}

/** What one comparison of an answer found. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Whether the books left no play for any count, as when nothing is in flight. */
  readonly exact: boolean;
}

/** A query under way: what was acknowledged when it was sent. */
export interface Question {
  /** Compares the answer, one load per engine. To be called at the moment it comes. */
  compare(answer: readonly EngineLoad[]): Comparison;
}

/** The service's counts are saturated: an answer never exceeds an int32. */
const saturation = 2 ** 31 - 1;

/**
 * The gateway's own record of what it told the service: per engine, what is acknowledged and what is sent.
 * A call is written down as sent before it leaves and as acknowledged after its answer is read, so that the
 * bounds hold wherever in between the service applied it. Where several replicas answer, an acknowledgement
 * counts only when all of them must have heard of it.
 */
export class Books {
  readonly #engines: number;
  readonly #ledgers: Readonly<Record<Quantity, Ledger>>;
  readonly #acknowledgements: Acknowledgements;

  /** @param staleness without it every answer must hold all that was acknowledged before */
  constructor(engines: number, staleness?: Staleness) {
    this.#engines = engines;
    this.#acknowledgements = new Acknowledgements(staleness);
    this.#ledgers = {
      queuedRequests: new Ledger(engines),
      prefillRequests: new Ledger(engines),
      promptLength: new Ledger(engines),
    };
  }

  /** Opens the page of one request; nothing is counted before its record is sent. */
  open(engine: number, promptLength: number): Page {
    const prompt = [
      this.#ledgers.prefillRequests.claim(engine, 1),
      this.#ledgers.promptLength.claim(engine, promptLength),
    ];
    return new Page(
      [this.#ledgers.queuedRequests.claim(engine, 1), ...prompt],
      prompt,
      this.#acknowledgements,
    );
  }

  /** To be called just before a query leaves. */
  ask(): Question {
    this.#acknowledgements.settleDue();
    const snapshots = quantities.map((quantity) => [quantity, this.#ledgers[quantity].ask()] as const);
    return {
      compare: (answer) => {
        const differences: Difference[] = [];
        let exact = true;
        for (const [quantity, bounds] of snapshots) {
          for (let engine = 0; engine < this.#engines; engine++) {
            const lower = Math.min(Math.max(bounds.lowerOf(engine), 0), saturation);
            const upper = Math.min(bounds.upperOf(engine), saturation);
            const answered = answer[engine]?.[quantity] ?? 0;
            if (answered < lower || answered > upper)
              differences.push({ engine, quantity, answered, lower, upper });
            if (lower !== upper) exact = false;
          }
        }
        return { differences, exact };
      },
    };
  }

  /** As {@link ask}, once every replica must have heard of everything. */
  askAtTheEnd(): Question {
    this.#acknowledgements.settleAll();
    return this.ask();
  }
}

/** What is known of one request. Its calls may be written down in any order; a repeat changes nothing. */
export class Page {
  readonly #all: readonly Claim[];
  readonly #prompt: readonly Claim[];
  readonly #acknowledgements: Acknowledgements;

  constructor(all: readonly Claim[], prompt: readonly Claim[], acknowledgements: Acknowledgements) {
    this.#all = all;
    this.#prompt = prompt;
    this.#acknowledgements = acknowledgements;
  }

  recordSent(): void {
    for (const claim of this.#all) claim.addSent();
  }

  recordAcknowledged(): void {
    this.#acknowledgements.add(() => {
      for (const claim of this.#all) claim.addAcknowledged();
    });
  }

  releaseSent(): void {
    for (const claim of this.#prompt) claim.removalSent();
  }

  releaseAcknowledged(): void {
    this.#acknowledgements.add(() => {
      for (const claim of this.#prompt) claim.removalAcknowledged();
    });
  }

  /** A removal releases the prompt too. */
  removeSent(): void {
    for (const claim of this.#all) claim.removalSent();
  }

  removeAcknowledged(): void {
    this.#acknowledgements.add(() => {
      for (const claim of this.#all) claim.removalAcknowledged();
    });
  }
}
