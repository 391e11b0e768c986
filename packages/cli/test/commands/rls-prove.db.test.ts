import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();

const prove = (...argv: string[]): Promise<Outcome> =>
  run({ DATABASE_URL: database.url }, ['rls', 'prove', ...argv]);

// On PGlite it takes minutes to migrate and prove.
describe.skipIf(database.kind === 'pglite')('rls prove', () => {
  it('proves a table, writes the document and leaves no database behind', async () => {
    const output = join(folder.path, 'matrix.md');
    const outcome = await prove('--only', 'tenant_access_log', '--mutate', '--json', '--output', output);
    expect(outcome.exitCode).toBe(0);
    const { proven, differences, mutants } = documentOf(outcome);
    expect({ proven, differences }).toEqual({ proven: true, differences: [] });
    expect((mutants as unknown[]).length).toBeGreaterThan(10);
    const document = await readFile(output, 'utf8');
    expect(document).toContain('\ntenant_access_log  app ');
    expect(document).toContain('## Mutants');
    const left = await withSession(database.url, async (session) => {
      const { rows } = await session.query(
        `select datname from pg_database where starts_with(datname, 'agent_agency_prove')`,
      );
      return rows;
    });
    expect(left).toEqual([]);
  });

  it('refuses what is not there', async () => {
    expect(await prove('--only', 'nonsense')).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
