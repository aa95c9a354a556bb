import { describe, expect, it } from 'vitest';
import { type Exploration, type ScopeCall, explore } from './support/small-scope.js';

/** The table of the life cycle, for an id that is used once: order is nothing. */
function countedOnce(made: readonly ScopeCall[]): 'nothing' | 'prompt' | 'queued' {
  if (!made.some((call) => typeof call === 'object') || made.includes('remove')) return 'nothing';
  return made.includes('release') ? 'queued' : 'prompt';
}

function print(scope: string, { states, quietStates }: Exploration): void {
  process.stdout.write(`${scope}: ${states} states, of which ${quietStates} are quiet\n`);
}

describe('three replicas and one request, every order of up to five calls and all deliveries', () => {
  it('agree without repair, on what the table says, where the id is used once', () => {
    const once = explore({ calls: [{ record: 7n }, 'release', 'remove'], maxCalls: 5, truth: countedOnce });
    print('used once', once);
    expect(once.counterexample).toBeUndefined();
    expect(once.states).toBeGreaterThan(10_000);
  });

  it('agree without repair where the client gives no timestamp', () => {
    const unstamped = explore({
      calls: [{ record: 0n }, 'release', 'remove'],
      maxCalls: 5,
      truth: undefined,
    });
    print('no timestamp', unstamped);
    expect(unstamped.counterexample).toBeUndefined();
  });

  it('agree without repair where the id is used again', () => {
    const reused = explore({
      calls: [{ record: 7n }, { record: 9n }, 'release', 'remove'],
      maxCalls: 5,
      truth: undefined,
    });
    print('used again', reused);
    expect(reused.counterexample).toBeUndefined();
  });

  it('would be found to differ from a table that is wrong', () => {
    const wrong = explore({
      calls: [{ record: 7n }, 'remove'],
      maxCalls: 3,
      truth: () => 'nothing',
    });
    expect(wrong.counterexample).toMatch(/^prompt is counted in place of nothing after record 7 at/);
  });
});
