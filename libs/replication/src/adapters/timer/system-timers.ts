import { setImmediate as nextTurn } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { Clock } from '../../application/ports/clock.js';
import { Random } from '../../application/ports/random.js';
import { Timers } from '../../application/ports/timers.js';

class SystemClock extends Clock {
  override nowMs(): number {
    return performance.now();
  }
}

class SystemTimers extends Timers {
  override after(delayMs: number, action: () => void): () => void {
    if (delayMs <= 0) {
      const immediate = setImmediate(action);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(action, delayMs).unref();
    return () => clearTimeout(timer);
  }

  override nextTurn(): Promise<void> {
    return nextTurn();
  }
}

class SystemRandom extends Random {
  override next(): number {
    return Math.random();
  }
}

/** Binds time and chance to the machine's. */
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: Timers, useClass: SystemTimers },
    { provide: Random, useClass: SystemRandom },
  ],
  exports: [Clock, Timers, Random],
})
export class SystemTimersModule {}
