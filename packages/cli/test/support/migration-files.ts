import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder with migrations that each make a table, and with other files beside or in place of theirs; until the test ends. */
export async function migrationFiles(
  names: readonly string[],
  others: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-agency-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = names.flatMap((name): [string, string][] => [
    [`${name}.sql`, `create table ${name.slice(4)} (id integer);`],
    [`${name}.down.sql`, `drop table ${name.slice(4)};`],
  ]);
  for (const [name, text] of Object.entries({ ...Object.fromEntries(files), ...others })) {
    await writeFile(join(folder, name), text);
  }
  return folder;
}
