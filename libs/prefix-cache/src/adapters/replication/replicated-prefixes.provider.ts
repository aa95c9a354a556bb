import type { FactoryProvider } from '@nestjs/common';
import { ReplicatedStates } from '#replication';
import { Clock } from '../../application/ports/clock.js';
import { PrefixIndex } from '../../domain/prefix-index.js';
import { ReplicatedPrefixes } from './replicated-prefixes.js';

/** Adds the prefixes to what replicas tell each other. */
export const replicatedPrefixes: FactoryProvider<ReplicatedPrefixes> = {
  provide: ReplicatedPrefixes,
  useFactory: (index: PrefixIndex, clock: Clock, states: ReplicatedStates) => {
    const replicated = new ReplicatedPrefixes(index, clock);
    states.add(replicated);
    return replicated;
  },
  inject: [PrefixIndex, Clock, ReplicatedStates],
};
