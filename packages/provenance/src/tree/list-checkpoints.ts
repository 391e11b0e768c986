import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { PageSize, parseInput } from '../input.ts';
import { type CheckpointRecord, readCheckpoints } from './checkpoint-record.ts';
import { TreeSize } from './log-size.ts';

/** A page of checkpoints. */
export const CheckpointPage = z.strictObject({
  limit: PageSize,
  /** `next` of the page before. */
  after: TreeSize.optional(),
});
export type CheckpointPage = z.input<typeof CheckpointPage>;

/**
 * The checkpoints of the tenant's log, the largest first, with the cosignatures obtained so far.
 *
 * @returns `next` to be handed in as `after` for the next page; undefined on the last one.
 * @throws {ProvenanceError} `INVALID_INPUT`.
 */
export async function listCheckpoints(
  tx: TenantTransaction,
  page: CheckpointPage = {},
): Promise<{ readonly checkpoints: CheckpointRecord[]; readonly next: number | undefined }> {
  const { limit, after } = parseInput(CheckpointPage, page, 'the page');
  const where = after === undefined ? sql`true` : sql`size < ${after}`;
  const found = await readCheckpoints(tx, { where, limit: limit + 1 });
  const checkpoints = found.slice(0, limit);
  return { checkpoints, next: found.length > limit ? checkpoints.at(-1)?.size : undefined };
}

/** The largest checkpoint of the tenant's log, which says most; undefined when there is none. */
export async function latestCheckpoint(tx: TenantTransaction): Promise<CheckpointRecord | undefined> {
  const [latest] = await readCheckpoints(tx, { where: sql`true`, limit: 1 });
  return latest;
}
