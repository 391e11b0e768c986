import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { formatSignatures, type NoteSignature } from '../checkpoint/note.ts';
import type { CosigningKey } from './checkpoint-record.ts';

/** The largest checkpoint that a witness has cosigned, as far as is known here; 0 when none is. */
export async function lastCosigned(tx: TenantTransaction, { name, keyHash }: CosigningKey): Promise<number> {
  const { size } = await getOne(
    sql<{ size: string | null }>`
      select max(size) as size
      from provenance_cosignatures
      where tenant_id = ${tx.tenantId} and witness = ${name} and key_hash = ${keyHash}
    `.execute(tx),
    'size',
  );
  return Number(size ?? 0);
}

/** Adds a cosignature to a checkpoint. The first one of a key stays. */
export async function keepCosignature(
  tx: TenantTransaction,
  size: number,
  signature: NoteSignature,
): Promise<void> {
  await sql`
    insert into provenance_cosignatures (tenant_id, size, witness, key_hash, line)
    values (${tx.tenantId}, ${size}, ${signature.name}, ${signature.keyHash}, ${formatSignatures([signature]).trimEnd()})
    on conflict (tenant_id, size, witness, key_hash) do nothing
  `.execute(tx);
}

/** Whether there is a checkpoint of exactly that size. */
export async function hasCheckpoint(tx: TenantTransaction, size: number): Promise<boolean> {
  const { rows } = await sql`
    select from provenance_checkpoints where tenant_id = ${tx.tenantId} and size = ${size}
  `.execute(tx);
  return rows.length > 0;
}
