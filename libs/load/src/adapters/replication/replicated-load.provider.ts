import type { FactoryProvider } from '@nestjs/common';
import { ReplicatedStates } from '#replication';
import { Clock } from '../../application/ports/clock.js';
import { LoadStats } from '../../domain/load-stats.js';
import { LoadGoWire } from './go-wire.js';
import { ReplicatedLoad } from './replicated-load.js';

/** Adds the load to what replicas keep the same. */
export const replicatedLoad: FactoryProvider<ReplicatedLoad> = {
  provide: ReplicatedLoad,
  useFactory: (load: LoadStats, clock: Clock, states: ReplicatedStates) => {
    const replicated = new ReplicatedLoad(load, clock);
    states.add(replicated, new LoadGoWire(load, clock));
    return replicated;
  },
  inject: [LoadStats, Clock, ReplicatedStates],
};
