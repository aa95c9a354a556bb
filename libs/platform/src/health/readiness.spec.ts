import { describe, expect, it } from 'vitest';
import { Readiness } from './readiness.js';

describe('Readiness', () => {
  it('goes from starting over ready to draining', () => {
    const readiness = new Readiness();
    expect(readiness.state).toBe('starting');
    readiness.open();
    expect(readiness.state).toBe('ready');
    readiness.drain();
    expect(readiness.state).toBe('draining');
  });

  it('never goes back: a replica that was told to go while it started does not open', () => {
    const readiness = new Readiness();
    readiness.drain();
    readiness.open();
    expect(readiness.state).toBe('draining');
  });
});
