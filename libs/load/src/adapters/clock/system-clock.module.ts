import { Module } from '@nestjs/common';
import { SystemClock } from '#platform';
import { Clock } from '../../application/ports/clock.js';

/** Binds {@link Clock} to the machine's clocks. */
@Module({
  providers: [{ provide: Clock, useFactory: (): Clock => new SystemClock() }],
  exports: [Clock],
})
export class SystemClockModule {}
