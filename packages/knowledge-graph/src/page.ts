import { Buffer } from 'node:buffer';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { GraphError } from './errors.ts';

export const PageSize = z.int().min(1).max(1000).default(100);

/** Where a page ends, as an opaque text. */
export function encodePage(end: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(end)).toString('base64url');
}

/** @throws {GraphError} `INVALID_INPUT` when it is not what {@link encodePage} gave for a list in this order. */
export function decodePage<Schema extends z.ZodType>(
  schema: Schema,
  after: string | undefined,
): z.output<Schema> | undefined {
  if (after === undefined) return undefined;
  const end = schema.safeParse(parseJson(Buffer.from(after, 'base64url').toString()));
  if (end.success) return end.data;
  throw new GraphError(
    'INVALID_INPUT',
    'the input is wrong: after: must be `next` of a page of the same list',
  );
}

/**
 * Where a page ends of a list that is ordered by an instant and `id`, the latest first. In microseconds since 1970: a `Date`
 * has milliseconds.
 */
export const InstantPlace = z.tuple([z.string().regex(/^-?\d{1,18}$/), z.uuid()]);
export type InstantPlace = z.infer<typeof InstantPlace>;

/** The first part of {@link InstantPlace}. */
export const microsOf = (instant: RawBuilder<unknown>): RawBuilder<string> =>
  sql`(extract(epoch from ${instant}) * 1000000)::bigint::text`;

/** Whether a row of such a list comes behind the page before. */
export function isBehind(instant: RawBuilder<unknown>, after: InstantPlace | undefined): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  const [micros, id] = after;
  return sql`(${instant}, id) < (timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond', ${id}::uuid)`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
