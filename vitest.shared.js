import { fileURLToPath } from 'node:url';

// Workspace packages are tested from their sources: nothing has to be built first.
// (`module`, `node` and `development|production` are vite's own defaults.)
const conditions = ['@agent-agency/source', 'module', 'node', 'development|production'];

/** @type {import('vitest/config').ViteUserConfig} */
export const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.{ts,js}'],
    reporters: ['default', ['json', { outputFile: 'reports/tests.json' }]],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
};

/** For packages whose tests need PostgreSQL: one server a run, with a migrated template database. */
export const postgres = fileURLToPath(new URL('vitest.global-setup.ts', import.meta.url));

/** The same behind PgBouncer, in transaction mode. */
export const postgresBehindPgBouncer = fileURLToPath(
  new URL('vitest.global-setup-pgbouncer.ts', import.meta.url),
);
