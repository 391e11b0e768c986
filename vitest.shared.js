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
    testTimeout: 60_000,
    hookTimeout: 240_000,
    // One worker for all files of a package: one for each, with the modules that they share, took a tenth to a third of
    // the time. So what a file changes outside itself (process.env, process listeners) it puts back.
    isolate: false,
  },
};

/** For packages whose tests need PostgreSQL: one server a run, with a migrated template database. */
export const postgres = fileURLToPath(new URL('vitest.global-setup.ts', import.meta.url));

/** The same behind PgBouncer, in transaction mode. */
export const postgresBehindPgBouncer = fileURLToPath(
  new URL('vitest.global-setup-pgbouncer.ts', import.meta.url),
);
