import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { ProvenanceError } from '../errors.ts';

/** How many nodes a log has, or its tree leaves. */
export const TreeSize = z.int().min(0);

/** For a select list: how many nodes the log has at that moment. */
export const logSizeOf = (tx: TenantTransaction) =>
  sql<string>`coalesce((select seq from provenance_heads where tenant_id = ${tx.tenantId}), 0)`;

/** @throws {ProvenanceError} `TREE_INVALID` for a tree that the log has not grown to yet. */
export function requireGrown(size: number, logSize: number): void {
  if (size > logSize)
    throw new ProvenanceError('TREE_INVALID', 'The log has fewer nodes than that: it has no such tree.', {
      details: { size, logSize },
    });
}
