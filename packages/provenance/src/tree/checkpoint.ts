import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { isKeyName } from '../checkpoint/note-text.ts';
import { signCheckpoint } from '../checkpoint/sign-checkpoint.ts';
import { ProvenanceError } from '../errors.ts';
import { parseInput } from '../input.ts';
import { emptyRoot } from '../merkle/tree-hash.ts';
import type { Signer } from '../signing/signature.ts';
import type { CheckpointRecord } from './checkpoint-record.ts';
import { continuedRoot, type KnownTree } from './continuation.ts';
import { type LogState, readLogState } from './log-state.ts';

/** Which log it is, and when it is time for a checkpoint. */
export const CheckpointSchedule = z.strictObject({
  /** Whose log it is, for good: the origin is `<deployment>/<tenant>`. Best a name of the DNS. */
  deployment: z.string().refine(isKeyName, 'must be a name without white space and plus signs'),
  /** When at least so many nodes are in no checkpoint yet. */
  ifNewNodes: z.int().min(1).optional(),
  /** When any node is in none, and the last one is as old as that. */
  ifOlderThanMs: z.int().min(0).optional(),
});

/** With neither of the conditions any new node is enough; with both, either. */
export interface CheckpointOptions extends z.input<typeof CheckpointSchedule> {
  /** Is asked while the transaction is open. */
  readonly signer: Signer;
  /** Tells the time. **Units** milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Signs a checkpoint of the tenant's log if it is time for one: never a second root for a size, never a smaller size than the
 * last, and only what continues the last.
 *
 * **Runs** one statement when it is not time; else a lock that only others who make checkpoints wait for, the tree as for a
 * proof, the nodes that are new, and an insert. **Cost** two hashes for every node that is new.
 * @returns undefined when it is not time for one: because somebody else has just made it, too.
 * @throws {ProvenanceError} `LOG_REWOUND` when the log does not continue its last checkpoint; `TREE_CORRUPT` when the stored
 *   tree is not that of the log; `LOG_NOT_COMMITTED` in a transaction that has appended; `ORIGIN_MISMATCH` when the log's
 *   checkpoints are of another deployment; `INVALID_INPUT`; `KEY_INVALID`, `KEY_ID_MISMATCH` or `SIGNER_FAULTY` for a signer
 *   that is not what it says.
 * @throws {DatabaseError} `SERIALIZATION_FAILURE` above `read committed`, when somebody else makes one.
 * @example
 * await manager.withTenant({ tenantId: 'acme' }, (tx) => checkpoint(tx, { deployment: 'log.example.com', signer }));
 */
export async function checkpoint(
  tx: TenantTransaction,
  options: CheckpointOptions,
): Promise<CheckpointRecord | undefined> {
  const { signer, clock = Date.now, ...schedule } = options;
  const { deployment, ...conditions } = parseInput(CheckpointSchedule, schedule);
  const plan: Plan = { ...conditions, clock, origin: `${deployment}/${tx.tenantId}` };
  if (!isTime(await readLogState(tx, plan.origin), plan)) return undefined;
  await lockCheckpoints(tx);
  // Somebody else may have made one meanwhile.
  const state = await readLogState(tx, plan.origin);
  if (!isTime(state, plan)) return undefined;
  if (state.isUncommitted) throw notCommitted();
  const { origin } = plan;
  const { size, last = emptyTree() } = state;
  const root = await continuedRoot(tx, last, size);
  const note = await signCheckpoint({ origin, size, root }, signer);
  return insertCheckpoint(tx, { origin, size, root, note });
}

interface Plan extends Omit<z.output<typeof CheckpointSchedule>, 'deployment'> {
  readonly clock: () => number;
  readonly origin: string;
}

/** A log that is shorter than its last checkpoint is one to look at, whatever the time. */
function isTime({ size, last }: LogState, { ifNewNodes, ifOlderThanMs, clock }: Plan): boolean {
  const newNodes = size - (last?.size ?? 0);
  if (newNodes <= 0) return newNodes < 0;
  if (ifNewNodes === undefined && ifOlderThanMs === undefined) return true;
  const isMany = ifNewNodes !== undefined && newNodes >= ifNewNodes;
  // A log without any is as old as can be.
  const isOld = ifOlderThanMs !== undefined && clock() - (last?.createdAt.getTime() ?? 0) >= ifOlderThanMs;
  return isMany || isOld;
}

async function lockCheckpoints(tx: TenantTransaction): Promise<void> {
  const lock = `provenance/checkpoints/${tx.tenantId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(tx);
}

async function insertCheckpoint(
  tx: TenantTransaction,
  made: Pick<CheckpointRecord, 'origin' | 'size' | 'root' | 'note'>,
): Promise<CheckpointRecord | undefined> {
  const { origin, size, root, note } = made;
  const { rows } = await sql<{ created_at: Date }>`
    insert into provenance_checkpoints (tenant_id, size, origin, root, note)
    values (${tx.tenantId}, ${size}, ${origin}, ${Buffer.from(root)}, ${note})
    on conflict (tenant_id, size) do nothing
    returning created_at
  `.execute(tx);
  const [row] = rows;
  return row && { ...made, cosignedBy: [], createdAt: row.created_at };
}

function emptyTree(): KnownTree {
  return { size: 0, root: emptyRoot() };
}

function notCommitted(): ProvenanceError {
  return new ProvenanceError(
    'LOG_NOT_COMMITTED',
    'This transaction has appended to the log itself, and could still roll back: make checkpoints in one of their own.',
  );
}
