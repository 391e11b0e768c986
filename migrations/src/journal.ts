import type { MigrationConnection } from './connection.ts';
import type { Migration } from './migration-file.ts';

/** A row of the journal. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: Date;
  readonly appliedBy: string;
  readonly durationMs: number;
}

/** The applied migrations, in order; none where no runner has worked yet. */
export async function readJournal(connection: MigrationConnection): Promise<AppliedMigration[]> {
  const { rows: there } = await connection.query(`select to_regclass('public.__migrations__') as journal`);
  if (there[0]?.['journal'] === null) return [];
  const { rows } = await connection.query('select * from public.__migrations__ order by version');
  return rows.map((row) => ({
    version: Number(row['version']),
    name: String(row['name']),
    checksum: String(row['checksum']),
    appliedAt: new Date(row['applied_at'] as Date | string),
    appliedBy: String(row['applied_by']),
    durationMs: Number(row['duration_ms']),
  }));
}

/** Notes that a migration is applied. The row names the login role, whatever role is set. */
export async function enterMigration(
  connection: MigrationConnection,
  { version, name, checksum }: Migration,
  durationMs: number,
): Promise<void> {
  await connection.query(
    'insert into public.__migrations__ (version, name, checksum, duration_ms) values ($1, $2, $3, $4)',
    [version, name, checksum, durationMs],
  );
}

/** Notes that a migration is not applied any more. */
export async function removeMigration(
  connection: MigrationConnection,
  { version }: Migration,
): Promise<void> {
  await connection.query('delete from public.__migrations__ where version = $1', [version]);
}
