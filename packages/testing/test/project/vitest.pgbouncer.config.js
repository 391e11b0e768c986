import { defineConfig } from 'vitest/config';

// The same project behind PgBouncer.
export default defineConfig({
  test: { include: ['*.check.ts'], globalSetup: ['./global-setup-pgbouncer.ts'], hookTimeout: 120_000 },
});
