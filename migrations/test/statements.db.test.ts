import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { describeCatalogue, migrateUp, type MigrationConnection } from '../src/index.ts';
import { splitStatements } from '../src/statements.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';

const database = testDatabase();
const emptySession = async () => openSession(await createEmptyDatabase(database.url));

describe.skipIf(database.kind === 'pglite')('splitStatements', () => {
  it('cuts no statement of this package: one by one they make the same schema', async () => {
    const [whole, split] = [await emptySession(), await emptySession()];
    const oneByOne: MigrationConnection = {
      async query(text, values) {
        if (values !== undefined) return split.query(text, values);
        let result: Awaited<ReturnType<MigrationConnection['query']>> = { rows: [] };
        for (const statement of splitStatements(text)) result = await split.query(statement);
        return result;
      },
    };
    await migrateUp(whole);
    await migrateUp(oneByOne);
    expect(await describeCatalogue(split)).toEqual(await describeCatalogue(whole));
  });
});
