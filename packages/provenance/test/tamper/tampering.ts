import type { TenantTransaction } from '@agent-agency/db-core';
import { type RawBuilder, sql } from 'kysely';
import type { World } from './world.ts';

/** One way of tampering, and what has to be found. */
export interface Tampering {
  /** What is done. */
  readonly what: string;
  /** As a superuser who has switched triggers off, or as the one who writes the log where nothing is forced. */
  readonly tamper: (tx: TenantTransaction, world: World) => Promise<unknown>;
  /** Where it has to be found by somebody who looks: at the number of a node, the size of a tree, or a tile. */
  readonly at: readonly (number | string)[];
  /** Whose log it is found in; acme's unless told. */
  readonly inLogOf?: 'acme' | 'globex';
}

/** Runs statements with triggers and foreign keys out of the way. */
export async function force(
  tx: TenantTransaction,
  ...statements: readonly RawBuilder<unknown>[]
): Promise<void> {
  // A tenant's transaction acts as the application, whoever has logged in.
  await sql`set local role none`.execute(tx);
  await sql`set local session_replication_role = replica`.execute(tx);
  for (const statement of statements) await statement.execute(tx);
  await sql`set local session_replication_role = origin`.execute(tx);
  await sql`set local role agent_agency_app`.execute(tx);
}

/** What was appended looks as if it had been committed, so that it is signed by whoever makes checkpoints. */
export const agedHead = sql`update provenance_heads set updated_at = now() - interval '1 hour'`;
