import type { Direction } from './apply.ts';
import { compareCatalogues, describeCatalogue } from './catalogue.ts';
import { ours } from './catalogue/ours.ts';
import type { MigrationConnection } from './connection.ts';
import { MigrationError } from './migration-error.ts';
import { readMigrations, type Migration } from './migration-file.ts';
import { bootstrapDatabase, migrateDown, migrateUp } from './run.ts';

export interface VerifyOptions {
  /** Folder of the files; default: this package's own. */
  readonly directory?: URL;
  /** Told after each file, up, down and up again. */
  readonly onStep?: (step: VerifyStep, count: { readonly done: number; readonly total: number }) => void;
  /** Asked between two files. */
  readonly signal?: AbortSignal;
}

/** One file that ran. */
export interface VerifyStep {
  readonly direction: Direction;
  readonly name: string;
}

/** A file after which the catalogue was another one than before, at the same version. */
export interface VerifyDifference extends VerifyStep {
  /** `-` before what should be there, `+` before what is there instead; without what an earlier file left. */
  readonly lines: readonly string[];
}

export interface VerifyReport {
  readonly verified: boolean;
  /** The migrations in order. */
  readonly migrations: readonly string[];
  /** How often the catalogue was compared with that of the same version on the first way up. */
  readonly comparisons: number;
  /** How many lines the catalogue of the newest version has. */
  readonly facts: number;
  readonly differences: readonly VerifyDifference[];
  /** A file that could not run; nothing after it was tried. */
  readonly failure?: VerifyStep & { readonly message: string };
}

/**
 * Applies every migration, undoes every one, and applies them again, one by one, and compares the catalogue at each
 * version with what it was at that version on the first way up. What differs is in the report, not thrown.
 *
 * **Runs** in an empty database that nobody needs: at the end the migrations are applied. It says nothing about rows.
 *
 * @throws {MigrationError} `DATABASE_NOT_EMPTY`; `BAD_FILE`, and what keeps {@link migrateUp} from beginning.
 * @throws the signal's reason.
 */
export async function verifyMigrations(
  connection: MigrationConnection,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const files = await readMigrations(options.directory);
  await assertEmpty(connection);
  await bootstrapDatabase(connection);
  const walk = new Walk(connection, options, 3 * files.length);
  /** By the number of the last migration that is applied. */
  const known = [await describeCatalogue(connection)];
  try {
    for (const file of files) known.push(await walk.step('up', file));
    for (const file of files.toReversed()) await walk.step('down', file, known[file.version - 1]);
    for (const file of files) await walk.step('up', file, known[file.version]);
  } catch (error) {
    if (!(error instanceof MigrationError && error.code === 'STATEMENT_FAILED')) throw error;
    walk.fail(error);
  }
  return { ...walk.findings, migrations: files.map(({ name }) => name), facts: known.at(-1)?.length ?? 0 };
}

/** What was found so far, on the way through all files. */
class Walk {
  readonly #connection: MigrationConnection;
  readonly #options: VerifyOptions;
  readonly #total: number;
  readonly #differences: VerifyDifference[] = [];
  /** What an earlier file is to blame for. */
  readonly #reported = new Set<string>();
  #done = 0;
  #comparisons = 0;
  #current: VerifyStep = { direction: 'up', name: '' };
  #failure: VerifyReport['failure'];

  constructor(connection: MigrationConnection, options: VerifyOptions, total: number) {
    this.#connection = connection;
    this.#options = options;
    this.#total = total;
  }

  /** Runs one file, and returns the catalogue, which is expected to be as it was. */
  async step(direction: Direction, file: Migration, expected?: readonly string[]): Promise<string[]> {
    const { directory, signal, onStep } = this.#options;
    signal?.throwIfAborted();
    this.#current = { direction, name: file.name };
    const [run, to] = direction === 'up' ? [migrateUp, file.version] : [migrateDown, file.version - 1];
    await run(this.#connection, { to, ...(directory && { directory }) });
    const catalogue = await describeCatalogue(this.#connection);
    if (expected !== undefined) this.#compare(expected, catalogue);
    this.#done += 1;
    onStep?.(this.#current, { done: this.#done, total: this.#total });
    return catalogue;
  }

  fail({ message }: Error): void {
    this.#failure = { ...this.#current, message };
  }

  get findings(): Pick<VerifyReport, 'verified' | 'comparisons' | 'differences' | 'failure'> {
    const failure = this.#failure;
    return {
      verified: this.#differences.length === 0 && failure === undefined,
      comparisons: this.#comparisons,
      differences: this.#differences,
      ...(failure && { failure }),
    };
  }

  #compare(expected: readonly string[], actual: readonly string[]): void {
    this.#comparisons += 1;
    const lines = compareCatalogues(expected, actual).filter((line) => !this.#reported.has(line));
    if (lines.length === 0) return;
    for (const line of lines) this.#reported.add(line);
    this.#differences.push({ ...this.#current, lines });
  }
}

/** All that is in the database would be undone. */
async function assertEmpty(connection: MigrationConnection): Promise<void> {
  const { rows } = await connection.query(`
    with ${ours}
    select exists (select from relation) or exists (select from routine) or exists (select from type) as is_used`);
  if (rows[0]?.['is_used'] === false) return;
  throw new MigrationError(
    'DATABASE_NOT_EMPTY',
    'this database holds something already, and every migration would be undone: name an empty one',
  );
}
