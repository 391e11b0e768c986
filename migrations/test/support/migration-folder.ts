import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';

/** Writes files into a folder that the test's end removes. */
export async function migrationFolder(files: Readonly<Record<string, string>>): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
}

/** Files of migrations that each make a table, and of what undoes them. */
export function tables(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const table = name.slice(4);
      return [
        [`${name}.sql`, `create table ${table} (id integer);`],
        [`${name}.down.sql`, `drop table ${table};`],
      ];
    }),
  );
}
