import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Books, type Page, type Question } from './books.js';
import { noLoad, type EngineLoad } from './engines.js';

const load = (queuedRequests: number, prefillRequests: number, promptLength: number): EngineLoad => ({
  queuedRequests,
  prefillRequests,
  promptLength,
});

describe('Books', () => {
  it('demand equality when nothing is in flight', () => {
    const books = new Books(2);
    const page = books.open(1, 70);
    page.recordSent();
    page.recordAcknowledged();
    expect(books.ask().compare([noLoad, load(1, 1, 70)])).toEqual({ differences: [], exact: true });
    expect(books.ask().compare([noLoad, load(1, 1, 69)]).differences).toEqual([
      { engine: 1, quantity: 'promptLength', answered: 69, lower: 70, upper: 70 },
    ]);
    expect(books.ask().compare([load(1, 0, 0), load(0, 1, 70)]).differences).toHaveLength(2);
    page.releaseSent();
    page.releaseAcknowledged();
    expect(books.ask().compare([noLoad, load(1, 0, 0)])).toEqual({ differences: [], exact: true });
    page.removeSent();
    page.removeAcknowledged();
    expect(books.ask().compare([noLoad, noLoad])).toEqual({ differences: [], exact: true });
    expect(books.ask().compare([noLoad, load(1, 0, 0)]).differences).toHaveLength(1);
  });

  it('allow both states of a call that is under way while the query is', () => {
    const books = new Books(1);
    const before = books.ask();
    const page = books.open(0, 5);
    page.recordSent();
    page.recordAcknowledged();
    for (const counts of [noLoad, load(1, 1, 5)]) expect(before.compare([counts]).differences).toEqual([]);
    expect(before.compare([load(2, 1, 5)]).differences).toHaveLength(1);

    const during = books.ask();
    page.removeSent();
    page.removeAcknowledged();
    for (const counts of [noLoad, load(1, 0, 0), load(1, 1, 5)]) {
      expect(during.compare([counts])).toEqual({ differences: [], exact: false });
    }
  });

  it('take a removal for the release of the prompt, once', () => {
    const books = new Books(1);
    const page = books.open(0, 5);
    page.recordSent();
    page.recordAcknowledged();
    page.releaseSent(); // and its answer never comes
    page.removeSent();
    page.removeAcknowledged();
    page.releaseAcknowledged();
    expect(books.ask().compare([noLoad])).toEqual({ differences: [], exact: true });
  });

  it('hold a failed add possible until its removal is acknowledged, and never necessary', () => {
    const books = new Books(1);
    const page = books.open(0, 5);
    page.recordSent();
    for (const counts of [noLoad, load(1, 1, 5)])
      expect(books.ask().compare([counts]).differences).toEqual([]);
    page.removeSent();
    page.removeAcknowledged();
    expect(books.ask().compare([noLoad])).toEqual({ differences: [], exact: true });
    expect(books.ask().compare([load(1, 0, 0)]).differences).toHaveLength(1);
  });

  it('let a failed add that was removed hide nothing of other requests', () => {
    const books = new Books(1);
    const failed = books.open(0, 5);
    const good = books.open(0, 7);
    failed.recordSent();
    good.recordSent();
    good.recordAcknowledged();
    failed.removeSent();
    failed.removeAcknowledged();
    expect(books.ask().compare([load(1, 1, 7)])).toEqual({ differences: [], exact: true });
    expect(books.ask().compare([noLoad]).differences).toHaveLength(3);
  });

  it('count an add no more that is acknowledged after its removal was sent', () => {
    const books = new Books(1);
    const page = books.open(0, 5);
    page.recordSent();
    page.removeSent();
    page.recordAcknowledged();
    for (const counts of [noLoad, load(1, 1, 5)])
      expect(books.ask().compare([counts]).differences).toEqual([]);
    page.removeAcknowledged();
    expect(books.ask().compare([noLoad])).toEqual({ differences: [], exact: true });
  });

  it('never demand less than nothing', () => {
    const books = new Books(1);
    const page = books.open(0, 5);
    const question = books.ask();
    page.recordSent();
    page.recordAcknowledged();
    page.removeSent();
    expect(question.compare([load(2, 1, 5)]).differences).toEqual([
      { engine: 0, quantity: 'queuedRequests', answered: 2, lower: 0, upper: 1 },
    ]);
  });

  it('know that answers saturate at an int32', () => {
    const books = new Books(1);
    for (let index = 0; index < 3; index++) {
      const page = books.open(0, 2 ** 30);
      page.recordSent();
      page.recordAcknowledged();
    }
    expect(books.ask().compare([load(3, 3, 2 ** 31 - 1)])).toEqual({ differences: [], exact: true });
    expect(books.ask().compare([load(3, 3, 3 * 2 ** 30)]).differences).toHaveLength(1);
  });
});

/** What may happen to a call: answered; applied or lost without an answer; given up and applied after all others. */
type Fate = 'acknowledged' | 'applied, failed' | 'lost' | 'late';
type Call = 'record' | 'release' | 'remove';

interface Scenario {
  readonly engine: number;
  readonly promptLength: number;
  readonly fates: Readonly<Record<Call, Fate>>;
}

/** The truth: a service with the life cycle of the design, that applies calls at instants of its own. */
class Truth {
  readonly #flags = new Map<Scenario, Set<Call>>();
  readonly #scenarios: readonly Scenario[];

  constructor(scenarios: readonly Scenario[]) {
    this.#scenarios = scenarios;
  }

  apply(scenario: Scenario, call: Call): void {
    this.#flags.set(scenario, (this.#flags.get(scenario) ?? new Set()).add(call));
  }

  loads(engines: number): EngineLoad[] {
    return Array.from({ length: engines }, (_, engine) => {
      const has = (scenario: Scenario, call: Call): boolean => this.#flags.get(scenario)?.has(call) ?? false;
      const queued = this.#scenarios.filter(
        (scenario) => scenario.engine === engine && has(scenario, 'record') && !has(scenario, 'remove'),
      );
      const prefill = queued.filter((scenario) => !has(scenario, 'release'));
      return load(
        queued.length,
        prefill.length,
        prefill.reduce((sum, { promptLength }) => sum + promptLength, 0),
      );
    });
  }
}

const engineCount = 3;
const anyFate = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Fate>('acknowledged') },
  { weight: 1, arbitrary: fc.constantFrom<Fate>('applied, failed', 'lost', 'late') },
);
const anyScenario = fc.record({
  engine: fc.nat({ max: engineCount - 1 }),
  promptLength: fc.nat({ max: 50 }),
  fates: fc.record({ record: anyFate, release: anyFate, remove: anyFate }),
});

/** The instants of a request: its calls one after the other, each sent, applied where it is, and settled. */
function instantsOf(scenario: Scenario, page: Page, truth: Truth): (() => void)[] {
  const sent = {
    record: () => page.recordSent(),
    release: () => page.releaseSent(),
    remove: () => page.removeSent(),
  };
  const acknowledged = {
    record: () => page.recordAcknowledged(),
    release: () => page.releaseAcknowledged(),
    remove: () => page.removeAcknowledged(),
  };
  const calls = ['record', 'release', 'remove'] as const;
  const inTime = calls.flatMap((call) => [
    sent[call],
    () => ['acknowledged', 'applied, failed'].includes(scenario.fates[call]) && truth.apply(scenario, call),
    () => scenario.fates[call] === 'acknowledged' && acknowledged[call](),
  ]);
  const late = calls.map((call) => () => scenario.fates[call] === 'late' && truth.apply(scenario, call));
  return [...inTime, ...late];
}

/** A query's instants: sent, evaluated by the service, answered. */
function instantsOfQuery(
  books: Books,
  evaluate: () => EngineLoad[],
  check: (question: Question, answer: EngineLoad[]) => void,
) {
  let question: Question;
  let answer: EngineLoad[];
  return [() => (question = books.ask()), () => (answer = evaluate()), () => check(question, answer)];
}

/** Runs the sequences interleaved in the order that `picks` gives. */
function interleave(sequences: readonly (readonly (() => unknown)[])[], picks: readonly number[]): void {
  const waiting = sequences.map((instants) => [...instants]);
  for (let turn = 0; waiting.some((instants) => instants.length > 0); turn++) {
    const open = waiting.filter((instants) => instants.length > 0);
    open[(picks[turn % picks.length] ?? 0) % open.length]?.shift()?.();
  }
}

const anyRun = fc.record({
  scenarios: fc.array(anyScenario, { minLength: 1, maxLength: 12 }),
  picks: fc.array(fc.nat({ max: 1000 }), { minLength: 60, maxLength: 60 }),
  queries: fc.integer({ min: 1, max: 12 }),
});

describe('the bounds of the books, against the truth', () => {
  it('hold for every answer, whatever the order of instants and whichever calls fail', () => {
    fc.assert(
      fc.property(anyRun, ({ scenarios, picks, queries }) => {
        const books = new Books(engineCount);
        const truth = new Truth(scenarios);
        const lives = scenarios.map((scenario) =>
          instantsOf(scenario, books.open(scenario.engine, scenario.promptLength), truth),
        );
        const questions = Array.from({ length: queries }, () =>
          instantsOfQuery(
            books,
            () => truth.loads(engineCount),
            (question, answer) => expect(question.compare(answer).differences).toEqual([]),
          ),
        );
        interleave([...lives, ...questions], picks);
      }),
      { numRuns: 2000 },
    );
  });

  it('leave no play once every call is acknowledged, and then catch any count that is off by one', () => {
    fc.assert(
      fc.property(
        anyRun,
        fc.nat({ max: engineCount - 1 }),
        fc.constantFrom(1, -1),
        ({ scenarios, picks }, engine, off) => {
          const fine = scenarios.map((scenario) => ({
            ...scenario,
            fates: { record: 'acknowledged', release: 'acknowledged', remove: 'acknowledged' } as const,
          }));
          const books = new Books(engineCount);
          const truth = new Truth(fine);
          // Whole calls (three instants each) only, and not all of them: some requests are still alive at the end.
          interleave(
            fine.map((scenario, index) =>
              instantsOf(scenario, books.open(scenario.engine, scenario.promptLength), truth).slice(
                0,
                3 * ((picks[index] ?? 0) % 4),
              ),
            ),
            picks,
          );
          const answer = truth.loads(engineCount);
          expect(books.ask().compare(answer)).toEqual({ differences: [], exact: true });
          const right = answer[engine] ?? noLoad;
          answer[engine] = { ...right, queuedRequests: right.queuedRequests + off };
          expect(books.ask().compare(answer).differences).toHaveLength(1);
        },
      ),
    );
  });
});
