import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';

/** `next` of a page of a list that is ordered by an instant and `id`, the latest first. */
export const LatestFirstPlace = z
  .string()
  .regex(/^-?\d{1,18}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be `next` of another page');

/** What every row of such a list has to have, to go on behind it. */
export interface PlacedRow {
  readonly row_id: string;
  /** Microseconds since 1970: a `Date` has only milliseconds. */
  readonly micros: string;
}

/**
 * The columns of {@link PlacedRow}.
 *
 * @param id the uuid that tells rows of one instant apart
 * @example
 * const { rows } = await sql<TaskRow & PlacedRow>`
 *   select *, ${placeOf(sql`ended_at`)} from tasks
 *   where tenant_id = ${tx.tenantId} and ${isBehind(sql`ended_at`, after)}
 *   order by ended_at desc, id desc
 *   limit ${limit + 1}
 * `.execute(tx);
 * const page = cutPage(rows, limit);
 */
export const placeOf = (
  instant: RawBuilder<unknown>,
  id: RawBuilder<unknown> = sql`id`,
): RawBuilder<unknown> =>
  sql`${id} as row_id, (extract(epoch from ${instant}) * 1000000)::bigint::text as micros`;

/** Whether a row comes behind the page that ended at a {@link LatestFirstPlace}; with none, every row does. */
export function isBehind(
  instant: RawBuilder<unknown>,
  after: string | undefined,
  rowId: RawBuilder<unknown> = sql`id`,
): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  const [micros, id] = after.split('.');
  return sql`(${instant}, ${rowId}) < (timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond', ${id}::uuid)`;
}

/** The rows of a page, of which one more than the limit were asked for; and where the next begins, if there is one. */
export function cutPage<Row extends PlacedRow>(
  rows: readonly Row[],
  limit: number,
): { readonly rows: readonly Row[]; readonly next: string | undefined } {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), next: last && `${last.micros}.${last.row_id}` };
}
