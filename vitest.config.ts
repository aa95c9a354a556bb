import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['{apps,libs,test}/**/*.spec.ts'],
    setupFiles: ['libs/testing/src/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
