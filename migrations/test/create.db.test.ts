import { cp, readdir } from 'node:fs/promises';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import {
  createMigration,
  describeCatalogue,
  migrateDown,
  migrateUp,
  migrationsDirectory,
  verifyMigrations,
} from '../src/index.ts';
import { documentationRules } from './rules/documentation.ts';
import { isolationRules } from './rules/isolation.ts';
import { keyRules } from './rules/keys.ts';
import { privilegeRules } from './rules/privileges.ts';
import { makeRuleViews } from './rules/rule.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { migrationFolder } from './support/migration-folder.ts';

const database = testDatabase();
const emptySession = async () => openSession(await createEmptyDatabase(database.url));

describe.skipIf(database.kind === 'pglite')('a new migration', () => {
  it('behind those of this package keeps every rule of the schema as it is, and takes itself back', async () => {
    const directory = await migrationFolder({});
    for (const file of await readdir(migrationsDirectory)) {
      if (/^\d.*\.sql$/.test(file)) await cp(new URL(file, migrationsDirectory), new URL(file, directory));
    }
    const session = await emptySession();
    await migrateUp(session, { directory });
    const before = await describeCatalogue(session);
    const { name } = await createMigration('add invoices', { directory });
    await expect(migrateUp(session, { directory })).resolves.toEqual([name]);
    await makeRuleViews(session);
    for (const rule of [...documentationRules, ...isolationRules, ...keyRules, ...privilegeRules]) {
      expect((await session.query(rule.violations)).rows, rule.name).toEqual([]);
    }
    await session.query('discard temp');
    await migrateDown(session, { directory });
    expect(await describeCatalogue(session)).toEqual(before);
  });

  it('is sound in a folder without tenants, and so is the next one', async () => {
    const directory = await migrationFolder({});
    await createMigration('first', { directory });
    await createMigration('second', { directory });
    await expect(verifyMigrations(await emptySession(), { directory })).resolves.toMatchObject({
      verified: true,
      comparisons: 4,
    });
  });
});
