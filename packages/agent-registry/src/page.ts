import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';

/** Which part of a list. */
export const Page = z.strictObject({
  limit: z.int().min(1).max(1000).default(50),
  /** `next` of the page before. */
  after: z
    .string()
    .regex(/^-?\d{1,18}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be `next` of another page')
    .optional(),
});

/** What every row of a list has to have, to go on behind it. */
export interface Placed {
  readonly row_id: string;
  /** Microseconds since 1970: a `Date` has only milliseconds. */
  readonly micros: string;
}

/** The columns of {@link Placed}, of a list that is ordered by an instant and `id`, both descending. */
export const place = (instant: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`id as row_id, (extract(epoch from ${instant}) * 1000000)::bigint::text as micros`;

/** Whether a row comes behind the page before. */
export function isBehind(instant: RawBuilder<unknown>, after: string | undefined): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  const [micros, id] = after.split('.');
  return sql`(${instant}, id) < (timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond', ${id}::uuid)`;
}

/** The rows of a page, of which one more than the limit were asked for; and where the next begins, if there is one. */
export function cutPage<Row extends Placed>(
  rows: readonly Row[],
  limit: number,
): { readonly rows: readonly Row[]; readonly next: string | undefined } {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), next: last && `${last.micros}.${last.row_id}` };
}
