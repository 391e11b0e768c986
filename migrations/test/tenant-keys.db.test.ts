import { readFile, readdir } from 'node:fs/promises';
import type { SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { describeCatalogue, migrateDown, migrateUp, migrationsDirectory } from '../src/index.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { migrationFolder } from './support/migration-folder.ts';

const database = testDatabase();

const LAST_TABLE = `    'task_research_provenance'\n`;

/** Tables with every kind of key and index, for 007 to go over beside the real ones. */
const TABLES = `
  create table parents (
    id uuid not null, code varchar(9), part integer, word text, words text[],
    constraint parents_pkey primary key (id),
    constraint parents_code_key unique nulls not distinct (code, part) include (word),
    constraint parents_part_key unique (part) deferrable initially deferred
  );
  create index parents_word on parents (word desc nulls last, lower(code)) include (part) where word > 'tenant_id (';
  create index parents_pattern on parents (word text_pattern_ops) with (fillfactor = 70);
  create unique index parents_lower on parents (lower(word)) where part > 3;
  create index parents_words on parents using gin (words);
  create index parents_hash on parents using hash (word);
  create table children (
    id uuid not null, parent uuid, other uuid, code varchar(9), part integer, elder uuid,
    constraint children_pkey primary key (id),
    constraint children_parent_fkey foreign key (parent) references parents (id) on delete set null,
    constraint children_other_fkey foreign key (other) references parents (id) on delete cascade on update cascade
      deferrable initially deferred,
    constraint children_code_fkey foreign key (code, part) references parents (code, part) on delete set null deferrable,
    constraint children_elder_fkey foreign key (elder) references children (id) on delete restrict not deferrable
  );
`;

/** This package's migrations, with those tables in 005 and in both of 007's lists. */
async function folderWithTables(): Promise<URL> {
  const names = (await readdir(migrationsDirectory)).filter((name) => /^\d.*\.sql$/.test(name));
  const files = names.map(async (name) => {
    const text = await readFile(new URL(name, migrationsDirectory), 'utf8');
    if (/^005_\w+\.sql$/.test(name)) return [name, text + TABLES] as const;
    if (name.startsWith('005_')) return [name, `drop table children, parents; ${text}`] as const;
    return [name, text.replace(LAST_TABLE, `'task_research_provenance', 'children', 'parents'\n`)] as const;
  });
  return migrationFolder(Object.fromEntries(await Promise.all(files)));
}

/** Keys, foreign keys and indexes of the tables in schema public by name, as the catalogue writes them. */
async function keysOf(session: SqlSession): Promise<Map<string, string>> {
  const { rows } = await session.query(`
    select conrelid::regclass || '.' || conname as name, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f')
      and conrelid <> '__migrations__'::regclass
    union all
    select indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    from pg_index join pg_class on pg_class.oid = indrelid
    where relnamespace = 'public'::regnamespace and relname <> '__migrations__'`);
  return new Map(rows.map(({ name, definition }) => [String(name), String(definition)]));
}

describe.skipIf(database.kind === 'pglite')('007, over the tables from before tenants', () => {
  it('changes of their keys and indexes only that they lead with the tenant, and takes it back', async () => {
    const session = await openSession(await createEmptyDatabase(database.url));
    const directory = await folderWithTables();
    await migrateUp(session, { directory, to: 6 });
    const [before, catalogue] = [await keysOf(session), await describeCatalogue(session)];
    await migrateUp(session, { directory, to: 7 });
    const after = await keysOf(session);

    for (const [name, definition] of before) {
      // 006's own lead with it already, and methods other than btree cannot use it.
      const isLeft = definition.includes('(tenant_id') || / USING (?!btree)/.test(definition);
      const withoutTenant = (after.get(name) ?? 'gone')
        .replaceAll('(tenant_id, ', '(')
        .replace(/(?<=ON DELETE SET NULL) \([^)]+\)/, '');
      expect(isLeft ? after.get(name) : withoutTenant, name).toBe(definition);
      if (!isLeft) expect(after.get(name), name).toContain('(tenant_id, ');
    }
    expect(after.get('children.children_code_fkey')).toBe(
      'FOREIGN KEY (tenant_id, code, part) REFERENCES parents(tenant_id, code, part) ON DELETE SET NULL (code, part) DEFERRABLE',
    );
    await migrateDown(session, { directory, to: 6 });
    await expect(describeCatalogue(session)).resolves.toEqual(catalogue);
  });
});
