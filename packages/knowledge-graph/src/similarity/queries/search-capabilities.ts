import { sql, type RawBuilder } from 'kysely';
import type { CapabilityType } from '../../capabilities/capability.ts';
import type { PlanReason, SearchPlan } from '../search-plan.ts';

/** What was found, nearest first: the arrays are equally long. */
export interface SearchRow {
  readonly plan: SearchPlan;
  readonly reason: PlanReason;
  readonly visited: number;
  readonly compared: number;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly agent_ids: readonly string[];
  readonly types: readonly CapabilityType[];
  readonly confidences: readonly number[];
  readonly distances: readonly number[];
}

interface Search {
  /** As `encodeVector()` writes it, or as text. */
  readonly vector: Buffer | string;
  readonly limit: number;
  readonly minConfidence: number;
  readonly type: CapabilityType | undefined;
  readonly agentId: string | undefined;
}

/** Always one row. The rows themselves are read inside the function, whose plans are kept. */
export const SEARCH_CAPABILITIES = ({
  vector,
  limit,
  minConfidence,
  type,
  agentId,
}: Search): RawBuilder<SearchRow> => sql`
  select plan, reason, visited, compared, ids, names, agent_ids, types, confidences::float8[], distances
  from app.search_capabilities(
    ${vector}::vector, ${limit}::integer, ${minConfidence}::numeric, ${type ?? null}::entity_type, ${agentId ?? null}::text
  )
`;
