import type { DeleteResult, InsertResult, MergeResult, UpdateResult } from 'kysely';
import { DatabaseError } from '../errors/database-error.ts';

/** What a statement answers: the rows, as Kysely's builders do, or something that has them, as everything else. */
type Answer<Row> = readonly Row[] | { readonly rows: readonly Row[] };

/** Kysely's count of what was changed, which would pass for a row: it is there although no row fitted. */
type Count = InsertResult | UpdateResult | DeleteResult | MergeResult;
type NoCount<Row> = Row extends Count ? { readonly error: 'add `returning`' } : unknown;

/**
 * The one row of a statement's answer.
 *
 * For reading what has to be there, and, with `returning`, for changing exactly one row: when there was none or more
 * than one the transaction rolls back, unless the error is caught.
 *
 * Unlike Kysely's `executeTakeFirst…`, which takes the first of any number, it notices a condition that fits more rows
 * than was thought. Neither adds a `limit` to the statement: a key needs none, and one that is written means something.
 *
 * @param what names the thing in the error, without any value: `agent of that id`.
 * @throws {DatabaseError} `NOT_FOUND` for no row, `NOT_UNIQUE` for more than one.
 * @example
 * const agent = await getOne(
 *   tx.selectFrom('agent_profiles').selectAll().where('id', '=', id).execute(),
 *   'agent of that id',
 * );
 * const { ended_at } = await getOne(
 *   sql<{ ended_at: Date }>`update sessions set ended_at = now() where id = ${id} returning ended_at`.execute(tx),
 *   'session of that id',
 * );
 */
export async function getOne<Row>(answer: Promise<Answer<Row>> & NoCount<Row>, what: string): Promise<Row> {
  const row = await findOne(answer, what);
  if (row !== undefined) return row;
  throw new DatabaseError(
    'NOT_FOUND',
    `there is no ${what} that may be seen here: look at which there are, and whose they are`,
  );
}

/**
 * The one row of a statement's answer, or undefined when there is none; see {@link getOne}.
 *
 * @throws {DatabaseError} `NOT_UNIQUE` for more than one.
 */
export async function findOne<Row>(
  answer: Promise<Answer<Row>> & NoCount<Row>,
  what: string,
): Promise<Row | undefined> {
  const settled: Answer<Row> = await answer;
  const rows = 'rows' in settled ? settled.rows : settled;
  if (rows.length <= 1) return rows[0];
  throw new DatabaseError(
    'NOT_UNIQUE',
    `there is more than one ${what}: ask by something that only one of them has`,
    { details: { found: rows.length } },
  );
}
