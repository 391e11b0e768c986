import type { SqlSession } from '@agent-agency/testing';
import { insertRows } from './rows.ts';

/** A relationship between two agents, as it is inserted. */
export interface Edge {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly directional: boolean;
  readonly confidence: number;
}

/** A tenant's agents and relationships. */
export interface Graph {
  readonly tenant: string;
  readonly agents: readonly string[];
  readonly edges: readonly Edge[];
}

/** Stores graphs, as an administrator. */
export async function insertGraphs(administrator: SqlSession, graphs: readonly Graph[]): Promise<void> {
  await insertRows(
    administrator,
    'agent_profiles',
    graphs.flatMap(({ tenant, agents }) =>
      agents.map((id) => ({ tenant_id: tenant, id, name: `Agent ${id}`, model_family: 'human' })),
    ),
  );
  const edges = graphs.flatMap(({ tenant, edges }) =>
    edges.map(({ source, target, type, directional, confidence }) => ({
      tenant_id: tenant,
      source_agent_id: source,
      target_agent_id: target,
      type,
      is_directional: directional,
      confidence,
    })),
  );
  if (edges.length === 0) return;
  const columns = Object.keys(edges[0] ?? {}).join(', ');
  // Without the defaults' columns, and as an upsert would be: an undirected pair may be given both ways.
  await administrator.query(
    `insert into agent_relationships (${columns})
     select ${columns} from jsonb_populate_recordset(null::agent_relationships, $1::text::jsonb)`,
    [JSON.stringify(edges)],
  );
}

/** What a walk finds for one agent. */
export interface Reached {
  readonly hops: number;
  readonly confidence: number;
}

/** What a walk may use. */
export interface WalkLimits {
  readonly maxHops: number;
  readonly minConfidence: number;
  readonly types?: readonly string[];
}

/** Every way from an agent to a neighbor. */
export function stepsFrom(
  graph: Graph,
  agent: string,
  limits: WalkLimits,
): (Edge & { readonly to: string })[] {
  return graph.edges
    .filter(
      ({ type, confidence }) => confidence >= limits.minConfidence && (limits.types?.includes(type) ?? true),
    )
    .flatMap((edge) => [
      ...(edge.source === agent ? [{ ...edge, to: edge.target }] : []),
      ...(edge.target === agent && !edge.directional ? [{ ...edge, to: edge.source }] : []),
    ]);
}

/**
 * What a walk has to find, by trying every path there is: for each agent the fewest hops, and the best confidence of
 * the paths with as few.
 */
export function walkNaively(graph: Graph, start: string, limits: WalkLimits): Map<string, Reached> {
  const best = new Map<string, Reached>();
  const visit = (path: readonly string[], confidence: number): void => {
    const agent = path.at(-1) ?? start;
    const hops = path.length - 1;
    const known = best.get(agent);
    if (known === undefined || hops < known.hops || (hops === known.hops && confidence > known.confidence)) {
      best.set(agent, { hops, confidence });
    }
    if (hops === limits.maxHops) return;
    for (const step of stepsFrom(graph, agent, limits)) {
      if (!path.includes(step.to)) visit([...path, step.to], confidence * step.confidence);
    }
  };
  visit([start], 1);
  return best;
}
