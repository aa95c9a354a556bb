import { defineConfig } from 'vitest/config';

/** The cluster's tests: processes, faults and minutes. One after the other, for they take both cores. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/cluster/**/*.cluster.ts'],
    setupFiles: ['libs/testing/src/setup.ts'],
    fileParallelism: false,
    // Each test as it ends: they take minutes.
    reporters: ['verbose'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
