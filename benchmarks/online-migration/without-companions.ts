import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { migrationsDirectory } from '@agent-agency/migrations';

/** Lends a folder with the migrations as they are, but with no companion: each does all of its work in its transaction. */
export async function withoutCompanions<T>(use: (directory: URL) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  try {
    for (const name of await readdir(migrationsDirectory)) {
      if (!/^\d{3}_\w+(\.down)?\.sql$/.test(name)) continue;
      await cp(fileURLToPath(new URL(name, migrationsDirectory)), join(folder, name));
    }
    return await use(pathToFileURL(`${folder}/`));
  } finally {
    await rm(folder, { recursive: true });
  }
}
