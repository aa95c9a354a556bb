import { Module } from '@nestjs/common';
import { Clock } from '../../application/ports/clock.js';

class SystemClock extends Clock {
  override nowMs(): number {
    return performance.now();
  }
}

/** Binds {@link Clock} to the machine's monotonic clock, by which replication tells ages, too. */
@Module({
  providers: [{ provide: Clock, useFactory: (): Clock => new SystemClock() }],
  exports: [Clock],
})
export class SystemClockModule {}
