import type { TenantTransaction } from '@agent-agency/db-core';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { entityTypes } from '../format/node.ts';
import { PageSize, parseInput, Text } from '../input.ts';
import { isOneOf, nodeById, type NodeSummary, type SummaryRow, toNodeSummary } from './node-summary.ts';
import { endOfPrefix } from './ref-range.ts';

const MAX_REF_BYTES = 1024;

/** No ref of a node is longer. */
const Ref = Text.min(1).refine(
  (ref) => Buffer.byteLength(ref) <= MAX_REF_BYTES,
  `must not be longer than ${MAX_REF_BYTES} bytes`,
);

/** `next` of a page: a number, and a ref in base64url. */
const Place = z
  .string()
  .regex(/^\d{1,16}\.[\w-]+$/, 'must be `next` of another page')
  .transform((place) => {
    const [seq = '', ref = ''] = place.split('.');
    return { seq, ref: Buffer.from(ref, 'base64url').toString() };
  })
  .refine(({ ref }) => Ref.safeParse(ref).success, 'must be `next` of another page');

/** A clause, or how clauses begin. */
export const RefQuery = z
  .strictObject({
    ref: Ref.optional(),
    /** As it stands: nothing in it is a wildcard. */
    prefix: Ref.optional(),
    entityTypes: z.array(z.enum(entityTypes)).min(1).optional(),
    limit: PageSize,
    /** `next` of the page before. */
    after: Place.optional(),
  })
  .refine(({ ref, prefix }) => (ref === undefined) !== (prefix === undefined), {
    path: ['ref'],
    message: 'either a ref or a prefix has to be given',
  });
export type RefQuery = z.input<typeof RefQuery>;

export interface ReferringNode extends NodeSummary {
  /** The clause that was found. */
  readonly ref: string;
}

/**
 * A page of the nodes that refer to a clause, by number; or to clauses that begin alike, by clause and number, a node once
 * for each of its own that does.
 *
 * **Runs** one statement, over a range of `idx_provenance_constitutional`. **Cost** some 10 µs a node that is looked at,
 * of any type.
 *
 * @returns `next` to be handed in as `after` for the next page; undefined on the last one.
 * @throws {ProvenanceError} `INVALID_INPUT` with every problem.
 * @example
 * const { nodes } = await findByRef(tx, { prefix: 'CAWS:Section4', entityTypes: ['verdict'] });
 */
export async function findByRef(
  tx: TenantTransaction,
  query: RefQuery,
): Promise<{ readonly nodes: ReferringNode[]; readonly next: string | undefined }> {
  const { entityTypes: types, limit, ...where } = parseInput(RefQuery, query);
  const { rows } = await sql<SummaryRow & { readonly ref: string }>`
    select item.ref, node.*
    from provenance_refs as item
    cross join lateral (${nodeById(tx, sql`item.node_id`)}) as node
    where item.tenant_id = ${tx.tenantId} and ${sql.join([...conditionsOf(where)], sql` and `)} and ${isOneOf(types)}
    order by item.ref, item.seq
    limit ${limit + 1}
  `.execute(tx);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    nodes: rows.slice(0, limit).map((row) => ({ ...toNodeSummary(row), ref: row.ref })),
    next: last && `${last.seq}.${Buffer.from(last.ref).toString('base64url')}`,
  };
}

function* conditionsOf({
  ref,
  prefix = '',
  after,
}: Pick<z.output<typeof RefQuery>, 'ref' | 'prefix' | 'after'>): Generator<RawBuilder<unknown>> {
  if (ref === undefined) {
    const end = endOfPrefix(prefix);
    yield sql`item.ref >= ${prefix}`;
    if (end !== undefined) yield sql`item.ref < ${end}`;
  } else yield sql`item.ref = ${ref}`;
  if (after !== undefined) yield sql`(item.ref, item.seq) > (${after.ref}::text, ${after.seq}::bigint)`;
}
