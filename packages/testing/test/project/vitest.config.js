import { defineConfig } from 'vitest/config';

// A small project as another package would have it: run by test/vitest.db.test.ts.
export default defineConfig({
  test: {
    include: ['*.check.ts'],
    exclude: ['pooled.check.ts'],
    globalSetup: ['./global-setup.ts'],
    hookTimeout: 120_000,
  },
});
