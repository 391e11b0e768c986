// Writes what follows from the migrated schema: schema.sql, citus/distribute.sql, and the schema's documentation in docs.
// Tests compare them: test/schema-files.db.test.ts.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createDatabase, createTemplate, startPostgres, withSession } from '@agent-agency/testing';
import { findPgDump, POSTGRES_MAJOR } from './dump/pg-dump.ts';
import { GENERATED, type GeneratedFile, generateFiles } from './generated-files.ts';

/** Runs `use` with an empty database. */
async function withEmptyDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
  const server = await startPostgres({ announce: (line) => process.stderr.write(`${line}\n`) });
  try {
    const database = await createDatabase(await createTemplate(server, () => Promise.resolve(), 'empty'));
    try {
      return await use(database.url);
    } finally {
      await database.drop();
    }
  } finally {
    await server.stop();
  }
}

async function assertRelease(url: string): Promise<void> {
  const { rows } = await withSession(url, (session) => session.query('show server_version_num'));
  if (Math.floor(Number(rows[0]?.['server_version_num']) / 10_000) === POSTGRES_MAJOR) return;
  throw new Error(
    `this has to be written from PostgreSQL ${POSTGRES_MAJOR}: unset DATABASE_URL, or let it name one`,
  );
}

const texts = await withEmptyDatabase(async (url) => {
  await assertRelease(url);
  const pgDump = await findPgDump();
  if (pgDump === undefined)
    throw new Error(`there is no pg_dump of PostgreSQL ${POSTGRES_MAJOR} here: install one`);
  return generateFiles(url, pgDump);
});
for (const [file, path] of Object.entries(GENERATED)) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, texts[file as GeneratedFile]);
  process.stderr.write(`written: ${path}\n`);
}
