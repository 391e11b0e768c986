import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { MigrationError } from './migration-error.ts';

/** One migration: `NNN_name.sql` and, beside it, `NNN_name.down.sql`, and for some `NNN_name.prepare.sql`. */
export interface Migration {
  readonly version: number;
  /** File name without its ending. */
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /**
   * A query that answers with the next statement to execute before `up`, and with no row when there is none. It only
   * changes how the schema comes about, so it is in no checksum: it may be mended where the migration is applied.
   */
  readonly prepare?: string;
  /** SHA-256 of `up`, 64 hex digits. */
  readonly checksum: string;
  /**
   * False when the file begins with `-- transaction: no`, for a statement that PostgreSQL refuses inside one. One
   * statement a file then: several together are a transaction again.
   */
  readonly inTransaction: boolean;
}

/** The folder of this package's own migrations. Works from `src/` and from `dist/`. */
export const migrationsDirectory: URL = new URL('../', import.meta.url);

const DOWN = '.down.sql';
const PREPARE = '.prepare.sql';
const FILE_NAME = /^(?!000)\d{3}_[a-z0-9]+(?:_[a-z0-9]+)*(?:\.(?:down|prepare))?\.sql$/;

/** A statement that ends or begins a transaction. In a function's body `begin` has no semicolon and the others no place. */
const TRANSACTION_CONTROL =
  /^\s*(?:begin|start transaction|commit|rollback|abort)(?: work| transaction)?\s*;/im;

/** SQL that runs before every migration: roles, the extension, the journal. May run any number of times. */
export async function readBootstrap(): Promise<string> {
  return readFile(new URL('bootstrap.sql', migrationsDirectory), 'utf8');
}

/**
 * Reads the migrations of a folder, in order.
 *
 * @throws {MigrationError} `BAD_FILE` when a name does not fit, two files share a number, a number from 001 on is left
 * out, one of the two files of a migration or that of a companion is missing, or a file begins or ends transactions itself.
 */
export async function readMigrations(directory: URL = migrationsDirectory): Promise<Migration[]> {
  const names = (await readdir(directory)).filter(
    (name) => name.endsWith('.sql') && !['bootstrap.sql', 'harden.sql', 'schema.sql'].includes(name),
  );
  assertPaired(names);
  // Without the slash a URL's last part is a file, and the names would be looked for beside it.
  const folder = new URL(directory.href.replace(/\/*$/, '/'));
  const migrations: Migration[] = [];
  for (const file of names.filter(isUp).sort()) {
    const migration = await readMigration(folder, file, names);
    const before = migrations.at(-1);
    if (before?.version === migration.version) {
      throw new MigrationError(
        'BAD_FILE',
        `${before.name} and ${migration.name} share a number: renumber one`,
      );
    }
    assertNext(migration, before);
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

function assertPaired(names: readonly string[]): void {
  for (const name of names) {
    if (!FILE_NAME.test(name)) {
      throw new MigrationError('BAD_FILE', `${name} is not a migration: name it NNN_words_in_lower_case.sql`);
    }
    const partner = isUp(name) ? `${stem(name)}${DOWN}` : `${stem(name)}.sql`;
    if (names.includes(partner)) continue;
    const problem = isUp(name)
      ? 'cannot be undone'
      : `has nothing to ${name.endsWith(DOWN) ? 'undo' : 'prepare'}`;
    throw new MigrationError('BAD_FILE', `${name} ${problem}: write ${partner}`);
  }
}

/** A number that is missing is a file that was forgotten, or one that would be refused as late when it arrives. */
function assertNext(migration: Migration, before: Migration | undefined): void {
  const next = (before?.version ?? 0) + 1;
  if (migration.version === next) return;
  const number = next.toString().padStart(3, '0');
  const place = before === undefined ? `is the first` : `follows ${before.name}`;
  throw new MigrationError(
    'BAD_FILE',
    `${migration.name} ${place}, but there is no ${number}: restore that file, or renumber this one to ${number}`,
  );
}

async function readMigration(folder: URL, file: string, names: readonly string[]): Promise<Migration> {
  const name = stem(file);
  const up = await readStatements(folder, file);
  const down = await readStatements(folder, `${name}${DOWN}`);
  const companion = `${name}${PREPARE}`;
  return {
    version: Number(file.slice(0, 3)),
    name,
    up,
    down,
    ...(names.includes(companion) ? { prepare: await readStatements(folder, companion) } : {}),
    checksum: createHash('sha256').update(up).digest('hex'),
    inTransaction: !/^-- transaction: no$/m.test(up.slice(0, 200)),
  };
}

async function readStatements(folder: URL, file: string): Promise<string> {
  const text = await readFile(new URL(file, folder), 'utf8');
  const control = TRANSACTION_CONTROL.exec(text)?.[0].trim();
  if (control === undefined) return text;
  throw new MigrationError('BAD_FILE', `${file} has a \`${control}\`: the runner sees to transactions`);
}

function isUp(file: string): boolean {
  return !file.endsWith(DOWN) && !file.endsWith(PREPARE);
}

/** A file's name without its ending, which is the migration's. */
function stem(file: string): string {
  return file.replace(/(?:\.\w+)?\.sql$/, '');
}
