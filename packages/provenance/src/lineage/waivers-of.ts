import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { parseInput } from '../input.ts';
import { WaiverQuery } from './lineage-query.ts';
import { nodeNotFound } from './node-not-found.ts';
import { nodeById, type NodeSummary, type SummaryRow, toNodeSummary } from './node-summary.ts';

/**
 * How a waiver is related to a verdict: the verdict rests on it (`ancestor`); it was granted on the ground of the verdict
 * (`descendant`); or it was granted for a spec, gate, budget or policy that the verdict rests on (`same-evidence`).
 */
export type WaiverRelation = 'ancestor' | 'descendant' | 'same-evidence';

export interface RelatedWaiver extends NodeSummary {
  /** The first of them that holds. */
  readonly relation: WaiverRelation;
  /** Steps of the shortest way, from the verdict or from the evidence. */
  readonly depth: number;
}

export interface RelatedWaivers {
  /** By relation, depth and number. */
  readonly waivers: readonly RelatedWaiver[];
  /** Some may be missing: more than `limit` are related, or more than `maxNodes` nodes would have had to be looked at. */
  readonly truncated?: { readonly reason: 'limit' | 'maxNodes' };
}

type WaiverRow = { readonly is_complete: boolean } & (
  (SummaryRow & { readonly relation: WaiverRelation; readonly depth: number }) | { readonly id: null }
);

/**
 * All waivers that are related to a verdict, at any depth.
 *
 * From evidence that verdicts share, a policy above all, one does not go on through another verdict: a waiver that rests on
 * that is related to that.
 *
 * **Runs** one statement: three walks as of {@link ancestry}. **Cost** some 10 µs a node above and below the verdict, and
 * below its evidence.
 *
 * @throws {ProvenanceError} `NODE_NOT_FOUND`; `INVALID_INPUT` with every problem.
 * @example
 * const { waivers } = await waiversOf(tx, { id: verdict.id });
 * const applied = waivers.filter(({ relation }) => relation === 'ancestor');
 */
export async function waiversOf(tx: TenantTransaction, query: WaiverQuery): Promise<RelatedWaivers> {
  const { id, limit, maxNodes } = parseInput(WaiverQuery, query);
  // A verdict without waivers gives one row that is empty but for the first column; no verdict gives none.
  const { rows } = await sql<WaiverRow>`
    with verdict as materialized (${nodeById(tx, sql`${id}::uuid`)}),
    above as materialized (
      select walk.*
      from verdict
      cross join app.walk_provenance(array[verdict.id], 'up', p_max_nodes => ${maxNodes}::integer) as walk
    ),
    ancestor as materialized (
      select found.depth, node.id, node.entity_type
      from above
      cross join unnest(above.node_ids, above.depths) as found (id, depth)
      cross join lateral (${nodeById(tx, sql`found.id`)}) as node
    ),
    below as materialized (
      select walk.*
      from verdict
      cross join app.walk_provenance(array[verdict.id], 'down', p_max_nodes => ${maxNodes}::integer) as walk
    ),
    beside as materialized (
      select walk.*
      from (
        select array_agg(ancestor.id) as ids
        from ancestor
        where ancestor.entity_type in ('spec', 'gate', 'budget', 'policy')
      ) as evidence
      cross join app.walk_provenance(
        evidence.ids, 'down', p_max_nodes => ${maxNodes}::integer, p_without => '{verdict}'
      ) as walk
    ),
    related as (
      select distinct on (way.id) way.id, way.rank, way.relation, way.depth
      from (
        select ancestor.id, 1 as rank, 'ancestor' as relation, ancestor.depth
        from ancestor
        where ancestor.entity_type = 'waiver'
        union all
        select found.id, 2, 'descendant', found.depth
        from below
        cross join unnest(below.node_ids, below.depths) as found (id, depth)
        union all
        select found.id, 3, 'same-evidence', found.depth
        from beside
        cross join unnest(beside.node_ids, beside.depths) as found (id, depth)
      ) as way
      order by way.id, way.rank
    )
    select
      above.complete_depth is null and below.complete_depth is null and beside.complete_depth is null as is_complete,
      waiver.*
    from verdict
    cross join above
    cross join below
    cross join beside
    left join lateral (
      select related.rank, related.relation, related.depth, node.*
      from related
      cross join lateral (${nodeById(tx, sql`related.id`)}) as node
      where node.entity_type = 'waiver'
      order by related.rank, related.depth, node.seq
      limit ${limit + 1}
    ) as waiver on true
    order by waiver.rank, waiver.depth, waiver.seq
  `.execute(tx);
  const [first] = rows;
  if (first === undefined) throw nodeNotFound({ id });
  const waivers = rows.flatMap((row) =>
    row.id === null ? [] : { ...toNodeSummary(row), relation: row.relation, depth: row.depth },
  );
  if (waivers.length > limit) return { waivers: waivers.slice(0, limit), truncated: { reason: 'limit' } };
  return first.is_complete ? { waivers } : { waivers, truncated: { reason: 'maxNodes' } };
}
