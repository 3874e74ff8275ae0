import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Proofs and child processes share two cores: files run one after another so that no test starves another.
    fileParallelism: false,
    testTimeout: 30_000,
  },
});
