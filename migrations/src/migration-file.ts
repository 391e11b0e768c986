import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MigrationError } from './migration-error.ts';

/** One migration: `NNN_name.sql` and, beside it, `NNN_name.down.sql`. */
export interface Migration {
  readonly version: number;
  /** File name without its ending. */
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** SHA-256 of `up`, 64 hex digits. */
  readonly checksum: string;
  /** False when the file begins with `-- transaction: no`: statements that PostgreSQL refuses inside one. */
  readonly inTransaction: boolean;
}

/** The folder of this package's own migrations. Works from `src/` and from `dist/`. */
export const migrationsDirectory: URL = new URL('../', import.meta.url);

const FILE_NAME = /^(?<version>\d{3})_[a-z0-9]+(?:_[a-z0-9]+)*(?<down>\.down)?\.sql$/;

/** SQL that runs before every migration: roles, the extension, the journal. May run any number of times. */
export async function readBootstrap(): Promise<string> {
  return readFile(new URL('bootstrap.sql', migrationsDirectory), 'utf8');
}

/**
 * Reads the migrations of a folder, in order.
 *
 * @throws {MigrationError} `BAD_FILE` when a name does not fit, two files share a number, or a `.down.sql` is missing.
 */
export async function readMigrations(directory: URL = migrationsDirectory): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql') && name !== 'bootstrap.sql');
  for (const name of names) {
    if (!FILE_NAME.test(name)) {
      throw new MigrationError('BAD_FILE', `${name} is not a migration: name it NNN_words_in_lower_case.sql`);
    }
  }
  const migrations: Migration[] = [];
  for (const file of names.filter((name) => !name.endsWith('.down.sql')).sort()) {
    const migration = await readMigration(directory, file, names);
    const before = migrations.at(-1);
    if (before?.version === migration.version) {
      throw new MigrationError('BAD_FILE', `${before.name} and ${migration.name} share a number: renumber one`);
    }
    migrations.push(migration);
  }
  return migrations;
}

/** SHA-256 over everything that makes the schema of a new database, 64 hex digits. */
export async function schemaChecksum(): Promise<string> {
  const hash = createHash('sha256').update(await readBootstrap());
  for (const migration of await readMigrations()) hash.update(migration.checksum);
  return hash.digest('hex');
}

async function readMigration(directory: URL, file: string, names: readonly string[]): Promise<Migration> {
  const name = file.slice(0, -'.sql'.length);
  const downFile = `${name}.down.sql`;
  if (!names.includes(downFile)) {
    throw new MigrationError('BAD_FILE', `${file} cannot be undone: write ${downFile}`);
  }
  const up = await readFile(fileURLToPath(new URL(file, directory)), 'utf8');
  const down = await readFile(fileURLToPath(new URL(downFile, directory)), 'utf8');
  return {
    version: Number(name.slice(0, 3)),
    name,
    up,
    down,
    checksum: createHash('sha256').update(up).digest('hex'),
    inTransaction: !/^-- transaction: no$/m.test(up.slice(0, 200)),
  };
}
