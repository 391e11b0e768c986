import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { getGraphSettings } from '../graph-settings.ts';
import type { CapabilityKey } from './capability.ts';
import { findSimilarNames } from './similar-names.ts';

/** Names that are compared, and capabilities whose embeddings are: 500,000 pairs. */
const MAX_NAMES = 100_000;
const MAX_EMBEDDINGS = 1000;

/** Where to look for duplicates. */
export const DuplicateQuery = z.strictObject({
  /** Among this agent's capabilities. Default: among those of all agents, where equal names are no duplicates. */
  agentId: AgentId.optional(),
  /** Jaccard coefficient of trigrams, 0–1. */
  minNameSimilarity: z.number().min(0.5).max(1).default(0.9),
  /** Cosine. Default: the tenant's setting `similarity_threshold`. */
  minEmbeddingSimilarity: z.number().min(-1).max(1).optional(),
  limit: z.int().min(1).max(1000).default(100),
});
export type DuplicateQuery = z.input<typeof DuplicateQuery>;

export interface DuplicateCandidate extends CapabilityKey {
  readonly id: string;
  readonly demonstrationCount: number;
}

/** Two capabilities that may be one. */
export interface DuplicateSuggestion {
  /** The one that was demonstrated more often first. */
  readonly capabilities: readonly [DuplicateCandidate, DuplicateCandidate];
  /** By what they are alike, the most alike first: trigrams of the names (Jaccard), or embeddings (cosine). */
  readonly measures: readonly DuplicateMeasure[];
  /** The same, for people. */
  readonly reason: string;
  /** Whether `mergeCapabilities` takes them: both are of one agent. */
  readonly isMergeable: boolean;
}

export interface DuplicateMeasure {
  readonly measure: 'name-trigrams' | 'embedding-cosine';
  readonly similarity: number;
}

export interface DuplicateSuggestions {
  /** Most alike first. */
  readonly suggestions: DuplicateSuggestion[];
  /** False: there is more than was compared (100,000 names, the 1000 embeddings demonstrated most) or asked for. */
  readonly isComplete: boolean;
  /** Whether the tenant lets a job merge them unasked; nothing here does. */
  readonly isAutoMergeEnabled: boolean;
}

/**
 * Pairs of capabilities that may be one, for somebody to look at and merge; nothing is changed. Rejected ones are left out.
 *
 * **Runs** one read of the keys and one comparison of embeddings, each with each, by their real cosines. **Cost** linear
 * in the names, quadratic in the embeddings up to their limit.
 * @throws {GraphError} `INVALID_INPUT` with every problem.
 */
export async function suggestDuplicates(
  tx: TenantTransaction,
  query: DuplicateQuery = {},
): Promise<DuplicateSuggestions> {
  const { agentId, limit, ...least } = parseInput(DuplicateQuery, query);
  const settings = await getGraphSettings(tx);
  const byName = await compareNames(tx, agentId, least.minNameSimilarity);
  const minCosine = least.minEmbeddingSimilarity ?? settings.similarityThreshold;
  const byEmbedding = await compareEmbeddings(tx, { agentId, minCosine, limit });
  const suggestions = united([...byName.pairs, ...byEmbedding.pairs]);
  return {
    suggestions: suggestions.slice(0, limit),
    isComplete: byName.isComplete && byEmbedding.isComplete && suggestions.length <= limit,
    isAutoMergeEnabled: settings.enableAutoMerge,
  };
}

interface AlikePair extends DuplicateMeasure {
  readonly pair: readonly [DuplicateCandidate, DuplicateCandidate];
}

interface Compared {
  readonly pairs: AlikePair[];
  readonly isComplete: boolean;
}

interface CandidateRow {
  readonly id: string;
  readonly agent_id: string;
  readonly canonical_name: string;
  readonly demonstration_count: number;
}

/** Of a name that several agents have, the capability that was demonstrated most. */
async function compareNames(
  tx: TenantTransaction,
  agentId: string | undefined,
  minSimilarity: number,
): Promise<Compared> {
  const { rows } = await sql<CandidateRow>`
    select distinct on (canonical_name) id, agent_id, canonical_name, demonstration_count
    from agent_capabilities_graph
    where ${isCandidate(tx, agentId)}
    order by canonical_name, demonstration_count desc, id
    limit ${MAX_NAMES + 1}
  `.execute(tx);
  const candidates = rows.slice(0, MAX_NAMES).map(toCandidate);
  const names = candidates.map((candidate) => candidate.canonicalName);
  const { pairs, isComplete } = findSimilarNames(names, minSimilarity);
  return {
    isComplete: isComplete && rows.length <= MAX_NAMES,
    pairs: pairs.flatMap(({ places, similarity }) => {
      const [one, other] = [candidates[places[0]], candidates[places[1]]];
      return one && other ? [{ pair: [one, other], measure: 'name-trigrams', similarity }] : [];
    }),
  };
}

interface EmbeddingComparison {
  readonly agentId: string | undefined;
  readonly minCosine: number;
  readonly limit: number;
}

async function compareEmbeddings(
  tx: TenantTransaction,
  { agentId, minCosine, limit }: EmbeddingComparison,
): Promise<Compared> {
  const { rows } = await sql<{ compared: number; pairs: EmbeddedPair[] }>`
    with candidate as materialized (
      -- Normalized once: an inner product is then the cosine, and no vector is fetched a second time.
      select id, agent_id, canonical_name, demonstration_count, l2_normalize(embedding) as direction
      from (
        select id, agent_id, canonical_name, demonstration_count, embedding
        from agent_capabilities_graph
        where ${isCandidate(tx, agentId)} and embedding is not null
        order by demonstration_count desc, id
        limit ${MAX_EMBEDDINGS + 1}
      ) as most_demonstrated
    ),
    pair as (
      select one.id as one_id, other.id as other_id, -(one.direction <#> other.direction) as cosine
      from candidate as one
      join candidate as other on one.id < other.id
      where (${agentId ?? null}::text is not null or one.canonical_name <> other.canonical_name)
        and -(one.direction <#> other.direction) >= ${minCosine}::float8
      order by cosine desc, one_id, other_id
      limit ${limit + 1}
    )
    select
      (select count(*)::integer from candidate) as compared,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'one', ${CANDIDATE('one')}, 'other', ${CANDIDATE('other')}, 'cosine', least(pair.cosine, 1)
        )), '[]')
        from pair
        join candidate as one on one.id = pair.one_id
        join candidate as other on other.id = pair.other_id
      ) as pairs
  `.execute(tx);
  const { compared = 0, pairs = [] } = rows[0] ?? {};
  return {
    isComplete: compared <= MAX_EMBEDDINGS && pairs.length <= limit,
    pairs: pairs.map(({ one, other, cosine }) => ({
      pair: [toCandidate(one), toCandidate(other)],
      measure: 'embedding-cosine',
      similarity: cosine,
    })),
  };
}

interface EmbeddedPair {
  readonly one: CandidateRow;
  readonly other: CandidateRow;
  readonly cosine: number;
}

const CANDIDATE = (table: 'one' | 'other') =>
  sql.raw<CandidateRow>(
    `jsonb_build_object('id', ${table}.id, 'agent_id', ${table}.agent_id, 'canonical_name', ${table}.canonical_name, ` +
      `'demonstration_count', ${table}.demonstration_count)`,
  );

function isCandidate(tx: TenantTransaction, agentId: string | undefined) {
  const ofAgent = agentId === undefined ? sql`true` : sql`agent_id = ${agentId}`;
  return sql`tenant_id = ${tx.tenantId} and ${ofAgent} and validation_status <> 'rejected'`;
}

function toCandidate(row: CandidateRow): DuplicateCandidate {
  return {
    id: row.id,
    agentId: row.agent_id,
    canonicalName: row.canonical_name,
    demonstrationCount: row.demonstration_count,
  };
}

/** One suggestion a pair, with every measure that found it. */
function united(found: readonly AlikePair[]): DuplicateSuggestion[] {
  const byPair = Map.groupBy(found, ({ pair }) =>
    pair
      .map(({ id }) => id)
      .toSorted()
      .join(' '),
  );
  return [...byPair.values()]
    .flatMap((alike) => (alike[0] === undefined ? [] : [suggestionOf(alike[0].pair, alike)]))
    .toSorted((a, b) => (b.measures[0]?.similarity ?? 0) - (a.measures[0]?.similarity ?? 0));
}

function suggestionOf(pair: AlikePair['pair'], alike: readonly AlikePair[]): DuplicateSuggestion {
  const measures = alike
    .map(({ measure, similarity }): DuplicateMeasure => ({ measure, similarity }))
    .toSorted((a, b) => b.similarity - a.similarity);
  const [one, other] = pair;
  return {
    capabilities: one.demonstrationCount >= other.demonstrationCount ? [one, other] : [other, one],
    measures,
    reason: measures.map(inWords).join('; '),
    isMergeable: one.agentId === other.agentId,
  };
}

function inWords({ measure, similarity }: DuplicateMeasure): string {
  return measure === 'name-trigrams'
    ? `their names share ${(similarity * 100).toFixed(0)} % of their trigrams`
    : `their embeddings have a cosine of ${similarity.toFixed(3)}`;
}
