/** What search covers. */
export type SearchEntityType = 'agent_capability' | 'caws_provenance' | 'agent_profile';

/** Something an arm found. */
export interface Candidate {
  readonly entityType: SearchEntityType;
  readonly entityId: string;
  readonly name: string;
  /** The agent that the entity belongs to, or is. */
  readonly agentId: string | undefined;
}

/** One name for an entity across the arms. */
export function candidateKey(candidate: Pick<Candidate, 'entityType' | 'entityId'>): string {
  return `${candidate.entityType}:${candidate.entityId}`;
}

/** A row of `hybrid_search_index`, as the arms select it. */
export interface CandidateRow {
  readonly entity_type: SearchEntityType;
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
}

export function toCandidate(row: CandidateRow): Candidate {
  return {
    entityType: row.entity_type,
    entityId: row.id,
    name: row.name,
    agentId: agentOf(row),
  };
}

function agentOf(row: CandidateRow): string | undefined {
  if (row.entity_type === 'agent_profile') return row.id;
  return row.entity_type === 'agent_capability' ? (row.parent_id ?? undefined) : undefined;
}
