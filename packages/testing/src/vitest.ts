import type { TemplateRef } from './template/template-ref.ts';

export { setUpPostgres, setUpPostgresBehindPgBouncer } from './vitest/set-up-postgres.ts';
export { matching } from './vitest/matching.ts';
export { testDatabase } from './vitest/test-database.ts';
export type { TestDatabaseFixture } from './vitest/test-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresTemplate: TemplateRef;
    /** Absent without a pooler. */
    pgBouncerUrl: string | undefined;
  }
}
