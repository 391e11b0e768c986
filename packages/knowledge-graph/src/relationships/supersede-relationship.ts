import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { Instant, refuseRepetitions } from '../column-values.ts';
import { GraphError, parseInput } from '../errors.ts';
import { lockRelationships } from './lock-relationships.ts';
import type { Revision } from './queries/believed-versions.ts';
import { RelationshipProperties } from './relationship-input.ts';
import type { RelationshipKey } from './relationship-key.ts';
import { requireAgents } from './require-agents.ts';
import { reviseRelationships } from './revise-relationships.ts';
import { Reason, withReason } from './superseded-reason.ts';

/** That a version ends, or is otherwise, from an instant of the world on. */
export const Supersession = z.strictObject({
  id: z.uuid(),
  /** Within the version's period. */
  at: Instant,
  /** How it is from then on, until the version would have ended. Absent: it has ended. */
  by: RelationshipProperties.optional(),
});
export type Supersession = z.input<typeof Supersession>;

const Supersessions = z.array(Supersession).superRefine(refuseRepetitions(({ id }) => [id.toLowerCase()]));

/** See {@link supersedeRelationships}. */
export async function supersedeRelationship(
  tx: TenantTransaction,
  { reason, ...input }: Supersession & { readonly reason?: string },
): Promise<void> {
  await supersedeRelationships(tx, [input], { ...(reason !== undefined && { reason }) });
}

/**
 * Ends versions, or lets others follow them, at instants of the world. Until then they stay as they were; what was believed
 * about the time from then on goes into the history, with the reason.
 *
 * **Shape** no id twice. **Runs** as `putRelationships`. **Cost** linear.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; `RELATIONSHIP_NOT_FOUND`. Nothing is written.
 */
export async function supersedeRelationships(
  tx: TenantTransaction,
  input: readonly Supersession[],
  options: { readonly reason?: string } = {},
): Promise<void> {
  const given = parseInput(Supersessions, [...input]);
  const reason = parseInput(Reason, options.reason);
  if (given.length === 0) return;
  const found = await findVersions(tx, given);
  requireEach(found);
  await requireAgents(tx, found);
  await lockRelationships(tx, found);
  // Again, now that they stay as they are.
  const locked = await findVersions(tx, given);
  requireEach(locked);
  refuseOutside(locked, given);
  const revisions = locked.flatMap((version, place): Revision[] => {
    const { at, by } = given[place] ?? {};
    return at === undefined ? [] : [{ ...version, from: at, ...(by && { properties: by }) }];
  });
  await withReason(tx, reason, () => reviseRelationships(tx, revisions));
}

/** **Shape** one for each id, in their order. */
interface Version extends RelationshipKey {
  readonly isFound: boolean;
  readonly isDirectional: boolean;
  readonly begins: 'before' | 'then' | 'later';
  readonly ends: 'before' | 'later';
  /** Exactly as the database has it. */
  readonly until: string;
}

async function findVersions(
  tx: TenantTransaction,
  given: readonly z.output<typeof Supersession>[],
): Promise<Version[]> {
  const { rows } = await sql<Version>`
    select
      edge.id is not null as "isFound",
      edge.source_agent_id as "sourceAgentId",
      edge.target_agent_id as "targetAgentId",
      edge.type,
      edge.is_directional as "isDirectional",
      case when edge.valid_from < row.at then 'before' when edge.valid_from = row.at then 'then' else 'later' end as begins,
      case when edge.valid_to > row.at then 'later' else 'before' end as ends,
      edge.valid_to::text as until
    from unnest(${given.map(({ id }) => id)}::uuid[], ${given.map(({ at }) => at)}::timestamptz[])
      with ordinality as row (id, at, ordinal)
    left join agent_relationships as edge on edge.tenant_id = ${tx.tenantId} and edge.id = row.id
    order by row.ordinal
  `.execute(tx);
  return rows;
}

function requireEach(versions: readonly Version[]): void {
  const places = versions.flatMap(({ isFound }, place) => (isFound ? [] : [place]));
  if (places.length === 0) return;
  throw new GraphError(
    'RELATIONSHIP_NOT_FOUND',
    `${places.join(', ')}: no version of that id is believed: look at which there are`,
    { details: { places } },
  );
}

function refuseOutside(versions: readonly Version[], given: readonly z.output<typeof Supersession>[]): void {
  const problems = versions.flatMap(({ begins, ends }, place) => {
    if (begins === 'later' || ends === 'before') return [`${place}.at: must be within the version's period`];
    if (begins === 'then' && given[place]?.by === undefined)
      return [`${place}.at: nothing would be left of the version: delete it`];
    return [];
  });
  if (problems.length === 0) return;
  throw new GraphError('INVALID_INPUT', `the input is wrong: ${problems.join('; ')}`);
}
