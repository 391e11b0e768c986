import type { TestDatabaseFixture } from '@agent-agency/testing/vitest';

/**
 * The database for tests that watch or end backends. A pooler in between keeps backends of its own, answers from any of
 * them, and reports what happens to them in its own way.
 */
export function withoutPooler(database: TestDatabaseFixture): {
  readonly kind: string;
  readonly urlFor: (role: string) => string;
} {
  return { kind: database.kind, urlFor: (role) => database.directUrlFor(role) };
}
