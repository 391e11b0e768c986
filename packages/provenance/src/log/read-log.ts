import { setImmediate } from 'node:timers/promises';
import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { ChainHead, EntityType, ProvenanceNodeRecord } from '../format/node.ts';
import type {} from '../tables.ts';
import { readPage } from './node-page.ts';

export interface ReadLogOptions {
  /** Last number to read. Default: all that are there when their page is read. */
  readonly upTo?: bigint | undefined;
  /** Nodes a statement at most; 2,000 unless told. */
  readonly pageSize?: number | undefined;
}

// A log that was tampered with may have numbers below 1, and beyond what a JavaScript number counts to.
const BEFORE_ALL = -(2n ** 63n);
const AFTER_ALL = 2n ** 63n - 1n;

/**
 * The tenant's log in order, a page at a time; fewer nodes on it when their contents are large.
 *
 * **Runs** one statement a page, the next one while a page is worked on. **Cost** one range of the (tenant, seq) index;
 * memory for two pages.
 */
export async function* readLogPages(
  tx: TenantTransaction,
  { upTo = AFTER_ALL, pageSize = 2000 }: ReadLogOptions = {},
): AsyncGenerator<readonly ProvenanceNodeRecord[], void, undefined> {
  let next = readPage(tx, { after: BEFORE_ALL, upTo, pageSize });
  try {
    for (;;) {
      const { nodes, lastSeq } = await next;
      if (lastSeq === undefined) return;
      next = readPage(tx, { after: lastSeq, upTo, pageSize });
      // Its statement has to be on its way before whoever reads this page keeps the thread busy.
      await setImmediate();
      yield nodes;
    }
  } finally {
    // Whoever stops early goes on to use the transaction.
    await next.catch(() => undefined);
  }
}

/** {@link readLogPages}, node by node. */
export async function* readLog(
  tx: TenantTransaction,
  options: ReadLogOptions = {},
): AsyncGenerator<ProvenanceNodeRecord, void, undefined> {
  for await (const page of readLogPages(tx, options)) yield* page;
}

/** Where the tenant's log says that it ends. */
export async function readHead(tx: TenantTransaction): Promise<ChainHead> {
  const row = await tx
    .selectFrom('provenance_heads')
    .select(['seq', 'hash_chain'])
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirst();
  return { seq: Number(row?.seq ?? 0), hash: row?.hash_chain ?? undefined };
}

/**
 * Where the log says that it ends, and the number of its last node, both at one moment: whatever is appended
 * afterwards belongs to neither.
 */
export async function readEnds(tx: TenantTransaction): Promise<{ head: ChainHead; lastSeq: bigint }> {
  const { rows } = await sql<{ seq: string | null; hash_chain: string | null; last_seq: string | null }>`
    select
      (select seq from provenance_heads where tenant_id = ${tx.tenantId}),
      (select hash_chain from provenance_heads where tenant_id = ${tx.tenantId}),
      (select max(seq) from caws_provenance_graph where tenant_id = ${tx.tenantId}) as last_seq
  `.execute(tx);
  const [ends] = rows;
  return {
    head: { seq: Number(ends?.seq ?? 0), hash: ends?.hash_chain ?? undefined },
    lastSeq: BigInt(ends?.last_seq ?? 0),
  };
}

/**
 * Which of these entities are recorded: the node's id by the entity's.
 *
 * **Runs** one statement. **Cost** an index lookup each.
 */
export async function findRecorded(
  tx: TenantTransaction,
  entityType: EntityType,
  entityIds: readonly string[],
): Promise<Map<string, string>> {
  if (entityIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('caws_provenance_graph')
    .select(['entity_id', 'id'])
    .where('tenant_id', '=', tx.tenantId)
    .where('entity_type', '=', entityType)
    .where(sql<boolean>`entity_id = any(${entityIds}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.entity_id, row.id]));
}
