import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationError } from './migration-error.ts';
import { migrationsDirectory, readMigrations } from './migration-file.ts';
import { newMigration } from './template.ts';

/** The two files of a new migration. */
export interface CreatedMigration {
  readonly version: number;
  /** File name without its ending. */
  readonly name: string;
  readonly up: URL;
  readonly down: URL;
}

const LAST_NUMBER = 999;
const LONGEST_NAME = 40;

/**
 * Writes the two files of a new migration with the next number: a table that keeps the rules of this schema, to be
 * replaced by what is wanted. Overwrites nothing; of several at the same time each gets a number of its own.
 *
 * @param name Words; blanks, hyphens and capitals are changed to fit.
 * @param options `directory`: made if it is not there; default: this package's own, in a checkout.
 * @throws {MigrationError} `BAD_FILE` for a name that does not fit, a folder whose files are refused, and the folder of an
 * installed package.
 */
export async function createMigration(
  name: string,
  { directory = migrationsDirectory }: { readonly directory?: URL } = {},
): Promise<CreatedMigration> {
  const words = wordsOf(name);
  assertNotInstalled(directory);
  const folder = new URL(directory.href.replace(/\/*$/, '/'));
  await mkdir(folder, { recursive: true });
  return withFolder(folder, () => writePair(folder, words));
}

function wordsOf(name: string): string {
  const words = name.toLowerCase().replaceAll(/[\s_-]+/g, '_');
  if (/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(words) && words.length <= LONGEST_NAME) return words;
  throw new MigrationError(
    'BAD_FILE',
    `a migration cannot have this name: write words of a-z and 0-9, ${LONGEST_NAME} letters at most, as in add_invoices`,
  );
}

function assertNotInstalled({ pathname }: URL): void {
  if (!pathname.includes('/node_modules/')) return;
  throw new MigrationError(
    'BAD_FILE',
    'the files of an installed package are replaced by the next installation: name a folder of your own',
  );
}

async function writePair(folder: URL, words: string): Promise<CreatedMigration> {
  const files = await readMigrations(folder);
  const version = (files.at(-1)?.version ?? 0) + 1;
  if (version > LAST_NUMBER)
    throw new MigrationError('BAD_FILE', `${LAST_NUMBER} is the last number there is`);
  const name = `${version.toString().padStart(3, '0')}_${words}`;
  const [up, down] = [new URL(`${name}.sql`, folder), new URL(`${name}.down.sql`, folder)];
  const text = newMigration(files, version);
  await writeFile(up, text.up, { flag: 'wx' });
  await writeFile(down, text.down, { flag: 'wx' });
  return { version, name, up, down };
}

const PATIENCE_MS = 2000;
const PAUSE_MS = 20;

/** Runs `work` while nobody else chooses a number in this folder. Making a folder is atomic everywhere. */
async function withFolder<T>(folder: URL, work: () => Promise<T>): Promise<T> {
  const lock = new URL('.creating', folder);
  for (let waitedMs = 0; !(await isMade(lock)); waitedMs += PAUSE_MS) {
    if (waitedMs >= PATIENCE_MS) {
      const left =
        'another one is creating a migration here, or died of it: if none runs, remove the folder .creating';
      throw new MigrationError('BAD_FILE', left);
    }
    await sleep(PAUSE_MS);
  }
  try {
    return await work();
  } finally {
    await rmdir(lock);
  }
}

async function isMade(folder: URL): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
