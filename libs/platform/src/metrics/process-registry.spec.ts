import { Gauge, collectDefaultMetrics } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { ProcessRegistry } from './process-registry.js';

describe('ProcessRegistry', () => {
  it('writes what is not a number as Prometheus does', async () => {
    const registry = new ProcessRegistry();
    new Gauge({ name: 'lag', help: 'Nan', registers: [registry] }).set(Number.NaN);
    expect(await registry.metrics()).toBe('# HELP lag Nan\n# TYPE lag gauge\nlag NaN\n');
  });

  it('leaves out the gauges that call themselves totals', async () => {
    const registry = new ProcessRegistry();
    collectDefaultMetrics({ register: registry });
    const text = await registry.metrics();
    expect(text).not.toMatch(/^# TYPE \S+_total gauge$/m);
    expect(text).toContain('# TYPE nodejs_active_resources gauge');
  });
});
