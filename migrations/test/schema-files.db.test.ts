import { readFile } from 'node:fs/promises';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readCatalogue } from '../scripts/catalogue/catalogue.ts';
import { normalizeDump } from '../scripts/dump/normalize-dump.ts';
import { dumpSchema, findPgDump, POSTGRES_MAJOR } from '../scripts/dump/pg-dump.ts';
import { GENERATED, type GeneratedFile, generateFiles } from '../scripts/generated-files.ts';
import { readBootstrap } from '../src/migration-file.ts';
import { createEmptyDatabase, openSession, urlOf } from './support/databases.ts';

const database = testDatabase();
const files = Object.keys(GENERATED) as GeneratedFile[];
let pgDump = '';
let shortcoming: string | undefined;

beforeAll(async () => {
  const { rows } = await withSession(database.url, (session) => session.query('show server_version'));
  const version = String(rows[0]?.['server_version']);
  pgDump = (await findPgDump()) ?? '';
  if (database.kind === 'pglite') shortcoming = 'PGlite makes no empty databases';
  else if (Number.parseInt(version, 10) !== POSTGRES_MAJOR) {
    shortcoming = `the files are PostgreSQL ${POSTGRES_MAJOR}'s, and this is ${version}`;
  } else if (pgDump === '') shortcoming = `there is no pg_dump of PostgreSQL ${POSTGRES_MAJOR}`;
  // What this repository brings along has all that is needed.
  if (database.kind === 'provisioned') expect(shortcoming).toBeUndefined();
});

beforeEach(({ skip }) => {
  if (shortcoming !== undefined) skip(shortcoming);
});

/** PostgreSQL adds casts, brackets and names when it reads what it wrote itself. */
function withoutCasts(sql: string): string {
  return sql.replaceAll(/::(?:character varying|text)(?:\[\])?| AS text\b|[()]/g, '');
}

/** What the catalogue says of a database, but for comments. */
async function factsOf(url: string): Promise<string> {
  const catalogue = await withSession(url, readCatalogue);
  const withoutComments = (key: string, value: unknown): unknown => (key === 'comment' ? undefined : value);
  return withoutCasts(JSON.stringify(catalogue, withoutComments, 1));
}

let made: Promise<Record<GeneratedFile, string>> | undefined;
/** What the files have to be, from a database that the administrator migrates. */
const wanted = (): Promise<Record<GeneratedFile, string>> =>
  (made ??= createEmptyDatabase(database.url).then((url) => generateFiles(url, pgDump)));

describe('the generated files', () => {
  it.each(files)('%s: what follows from the migrations', async (file) => {
    const text = await readFile(GENERATED[file], 'utf8').catch(() => '');
    const expected = (await wanted())[file];
    expect(text, 'stale: run `pnpm run generate-schema` in migrations').toBe(expected);
  });

  it('are the same whoever migrates', async ({ skip }) => {
    // Elsewhere a login needs a password.
    if (database.kind !== 'provisioned' && database.kind !== 'installed') skip();
    await withSession(database.url, (session) =>
      session.query(`
        create role other_administrator superuser login;
        alter role other_administrator set search_path = app, nowhere;
        alter role other_administrator set datestyle = 'SQL, DMY';
        alter role other_administrator set intervalstyle = sql_standard`),
    );
    onTestFinished(async () => {
      await withSession(database.url, (session) => session.query('drop role other_administrator'));
    });
    const url = urlOf('other_administrator', await createEmptyDatabase(database.url));
    expect(await generateFiles(url, pgDump)).toEqual(await wanted());
  });
});

describe('schema.sql', () => {
  it('leaves nothing out of the schema but comments, and can be restored like a dump', async () => {
    const { schema } = await wanted();
    const url = await createEmptyDatabase(database.url);
    const session = await openSession(url);
    await session.query(await readBootstrap());
    await session.query('drop table __migrations__ cascade');
    // As every dump has it: no name is found but by its schema, and a body may name tables that come later.
    await session.query(`set role agent_agency_owner; set search_path = ''; set check_function_bodies = off`);
    // And as a superuser, who may hand a function to a role before that may make any in its schema.
    const early = 'GRANT ALL ON SCHEMA app TO agent_agency_service;';
    await session.query(schema.replace('CREATE SCHEMA app;', `$& ${early}`));
    const again = normalizeDump(await dumpSchema(pgDump, url));
    expect(withoutCasts(again)).toBe(withoutCasts(schema));
    expect(await factsOf(url)).toBe(await factsOf(database.url));
  });
});

describe('SCHEMA-DOCUMENTATION.md', () => {
  it('has SQL that runs', async () => {
    const statements = [...(await wanted()).documentation.matchAll(/^```sql\n([^]*?)^```$/gm)];
    expect(statements).not.toEqual([]);
    const session = await openSession(database.url);
    for (const [, sql = ''] of statements) await session.query(sql);
  });

  it('links to chapters that are there', async () => {
    const { documentation } = await wanted();
    const anchors = [...documentation.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...documentation.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
  });

  it('describes everything', async () => {
    // A comment that is missing is an empty cell at the end of a column's line.
    expect((await wanted()).documentation).not.toMatch(/^### .*\n\n(?:\||View\. \n|Rights)/m);
  });
});
