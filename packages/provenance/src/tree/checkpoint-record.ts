import type { TenantTransaction } from '@agent-agency/db-core';
import { type RawBuilder, sql } from 'kysely';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { addSignatures, parseSignatures } from '../checkpoint/note.ts';

/** A checkpoint that was signed for the tenant's log. */
export interface CheckpointRecord extends Checkpoint {
  /** The signed note with the cosignatures obtained so far: what others are given. */
  readonly note: string;
  /** Who has cosigned. */
  readonly cosignedBy: readonly CosigningKey[];
  readonly createdAt: Date;
}

/** The key of a witness, as a signature line names it. */
export interface CosigningKey {
  readonly name: string;
  readonly keyHash: string;
}

interface CheckpointRow {
  readonly size: string;
  readonly origin: string;
  readonly root: Uint8Array;
  readonly note: string;
  readonly created_at: Date;
  /** Null without any. */
  readonly lines: string | null;
}

/**
 * Checkpoints that meet a condition, the largest first.
 *
 * **Runs** one statement: a range of each table's primary key.
 */
export async function readCheckpoints(
  tx: TenantTransaction,
  { where, limit }: { readonly where: RawBuilder<unknown>; readonly limit: number },
): Promise<CheckpointRecord[]> {
  const { rows } = await sql<CheckpointRow>`
    select size, origin, root, note, created_at, cosignature.lines
    from (
      select size, origin, root, note, created_at
      from provenance_checkpoints
      where tenant_id = ${tx.tenantId} and ${where}
      order by size desc
      limit ${limit}
    ) as checkpoint
    cross join lateral (
      select string_agg(line || chr(10), '' order by witness, key_hash) as lines
      from provenance_cosignatures as cosignature
      where cosignature.tenant_id = ${tx.tenantId} and cosignature.size = checkpoint.size
    ) as cosignature
    order by size desc
  `.execute(tx);
  return rows.map(toRecord);
}

function toRecord(row: CheckpointRow): CheckpointRecord {
  const cosignatures = row.lines === null ? [] : parseSignatures(row.lines);
  return {
    origin: row.origin,
    size: Number(row.size),
    root: new Uint8Array(row.root),
    note: cosignatures.length === 0 ? row.note : addSignatures(row.note, cosignatures),
    cosignedBy: cosignatures.map(({ name, keyHash }) => ({ name, keyHash })),
    createdAt: row.created_at,
  };
}
