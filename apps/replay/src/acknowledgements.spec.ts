import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.js';
import { Acknowledgements } from './acknowledgements.js';

describe('Acknowledgements', () => {
  it('count at once without staleness', () => {
    const made: number[] = [];
    new Acknowledgements().add(() => made.push(1));
    expect(made).toEqual([1]);
  });

  it('count when every replica must have heard, in the order in which they came', () => {
    const clock = new ManualClock();
    const made: number[] = [];
    const acknowledgements = new Acknowledgements({ lagMs: 100, nowMs: () => clock.nowMs() });
    acknowledgements.add(() => made.push(1));
    clock.advance(60);
    acknowledgements.add(() => made.push(2));
    clock.advance(39);
    acknowledgements.settleDue();
    expect(made).toEqual([]);
    clock.advance(1);
    acknowledgements.settleDue();
    expect(made).toEqual([1]);
    clock.advance(60);
    acknowledgements.add(() => made.push(3));
    expect(made).toEqual([1, 2]);
    acknowledgements.settleAll();
    acknowledgements.settleAll();
    expect(made).toEqual([1, 2, 3]);
  });

  it('make each of very many entries once', () => {
    const clock = new ManualClock();
    const made: number[] = [];
    const acknowledgements = new Acknowledgements({ lagMs: 10, nowMs: () => clock.nowMs() });
    for (let entry = 0; entry < 5000; entry++) {
      acknowledgements.add(() => made.push(entry));
      clock.advance(1);
    }
    acknowledgements.settleAll();
    expect(made).toEqual(Array.from({ length: 5000 }, (_, entry) => entry));
  });
});
