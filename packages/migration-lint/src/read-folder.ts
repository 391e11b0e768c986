import { readdir, readFile } from 'node:fs/promises';
import type { MigrationText } from './lint.ts';

const DOWN = '.down.sql';
const UP = /^\d{3}_.*(?<!\.(?:down|prepare))\.sql$/;

/** Reads the migrations of a folder, in the order in which they run. A missing down file is left to the rules. */
export async function readMigrationFolder(folder: URL): Promise<MigrationText[]> {
  // Without the slash a URL's last part is a file, and the names would be looked for beside it.
  const base = new URL(folder.href.replace(/\/*$/, '/'));
  const names = await readdir(base);
  const ups = names.filter((name) => UP.test(name)).sort();
  return Promise.all(
    ups.map(async (file) => {
      const name = file.slice(0, -'.sql'.length);
      const up = await readFile(new URL(file, base), 'utf8');
      if (!names.includes(name + DOWN)) return { name, up };
      return { name, up, down: await readFile(new URL(name + DOWN, base), 'utf8') };
    }),
  );
}
