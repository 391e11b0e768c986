import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../src/index.ts';

/** Where a statement runs: on which backend, in which transaction. */
export interface Place {
  readonly pid: number;
  readonly xid: string;
}

/** Assigns the transaction its id, if it has none yet: a savepoint's changes nothing of it. */
export const PLACE = 'select pg_backend_pid() as pid, pg_current_xact_id()::text as xid';

export async function placeOf(tx: Kysely<Tables>): Promise<Place> {
  const { rows } = await sql.raw<Place>(PLACE).execute(tx);
  const [place] = rows as [Place];
  return place;
}
