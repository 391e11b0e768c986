import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { ProvenanceError } from '../errors.ts';
import type { KnownTree } from './continuation.ts';

/** Where the log and its checkpoints end, at one moment. */
export interface LogState {
  readonly size: number;
  /**
   * Whether this very transaction has appended. The head says when the log last grew by the time at which that transaction
   * began: where two began in one microsecond, the answer is wrong once, and on the safe side.
   */
  readonly isUncommitted: boolean;
  readonly last: (KnownTree & { readonly createdAt: Date }) | undefined;
}

/**
 * **Runs** one statement: a lookup by key, and the end of an index.
 * @throws {ProvenanceError} `ORIGIN_MISMATCH` when the last checkpoint is of another origin.
 */
export async function readLogState(tx: TenantTransaction, expectedOrigin: string): Promise<LogState> {
  const row = await getOne(
    sql<StateRow>`
      select head.seq as log_size, head.updated_at = now() as is_own, last.size, last.origin, last.root, last.created_at
      from (values (true)) as one
      left join provenance_heads as head on head.tenant_id = ${tx.tenantId}
      left join lateral (
        select size, origin, root, created_at
        from provenance_checkpoints
        where tenant_id = ${tx.tenantId}
        order by size desc
        limit 1
      ) as last on true
    `.execute(tx),
    'state of the log',
  );
  const { log_size, is_own, size, origin, root, created_at: createdAt } = row;
  const state = { size: Number(log_size ?? 0), isUncommitted: is_own ?? false };
  if (size === null) return { ...state, last: undefined };
  if (origin !== expectedOrigin) throw otherOrigin();
  return { ...state, last: { size: Number(size), root, createdAt } };
}

interface StateRow {
  readonly log_size: string | null;
  readonly is_own: boolean | null;
  readonly size: string | null;
  readonly origin: string;
  readonly root: Uint8Array;
  readonly created_at: Date;
}

function otherOrigin(): ProvenanceError {
  return new ProvenanceError(
    'ORIGIN_MISMATCH',
    'The checkpoints of this log have another origin: a log keeps its deployment and tenant.',
  );
}
