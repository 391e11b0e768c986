import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';

/** A migration as it was applied. */
export interface AppliedFile {
  readonly version: number;
  readonly name: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
}

/** What the schema is: the migrations that made it, in their order. For the owner. */
export async function readSchemaVersion(tx: SystemTransaction): Promise<AppliedFile[]> {
  const { rows } = await sql<AppliedFile>`
    select version, name, checksum from public.__migrations__ order by version`.execute(tx);
  return rows;
}
