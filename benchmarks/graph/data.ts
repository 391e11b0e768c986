import { createTestTenants, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { withSession } from '@agent-agency/testing';
import { seededRandom } from '../src/seeded-random.ts';

/** Whose graph is walked. */
export const TENANT = 'acme';
/** Has the same agents, related in another way. */
const OTHER = 'globex';

export interface Edge {
  readonly source: number;
  readonly target: number;
  readonly type: string;
  readonly isDirectional: boolean;
  readonly hundredths: number;
}

/** Identifiers that sort as their numbers do, so that an undirected relationship has the smaller number first. */
export const agentId = (agent: number): string => `agent-${String(agent).padStart(6, '0')}`;

const EDGES_PER_AGENT = 5;
const TYPES = ['COLLABORATES_WITH', 'DEPENDS_ON', 'VALIDATES', 'SIMILAR_TO'];

/**
 * A graph that grows: each new agent is related to five others, mostly in proportion to how many relationships they have
 * already, so that the first ones become hubs. Three in ten relationships are directional.
 *
 * @see Barabási, Albert, "Emergence of scaling in random networks", 1999
 */
export function growGraph(agents: number, seed: number): Edge[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const ends: number[] = [];
  const edges = new Map<string, Edge>();
  for (let agent = 1; agent < agents; agent += 1) {
    for (let left = EDGES_PER_AGENT; left > 0; left -= 1) {
      const other = random() < 0.85 ? (ends[below(ends.length)] ?? 0) : below(agent);
      const isDirectional = random() < 0.3;
      const [source, target] = isDirectional ? [agent, other] : [other, agent];
      const type = TYPES[below(TYPES.length)] ?? 'VALIDATES';
      if (other === agent) continue;
      edges.set(`${source} ${target} ${type}`, {
        ...{ source, target, type, isDirectional },
        hundredths: 50 + below(51),
      });
      ends.push(agent, other);
    }
  }
  return [...edges.values()];
}

/** Stores a graph, and for another tenant one of a tenth of the size with the same agents' names, as the administrator. */
export async function storeGraphs(
  database: DatabaseUnderTest,
  agents: number,
  edges: readonly Edge[],
): Promise<void> {
  await createTestTenants(database, TENANT, OTHER);
  const fewer = Math.max(10, Math.floor(agents / 10));
  await withSession(database.url, async (session) => {
    // Foreign keys, triggers and the constraint that keeps periods apart take minutes for half a million rows, and no walk
    // reads what they keep.
    await session.query(`
      set session_replication_role = replica;
      alter table agent_relationships drop constraint relationship_periods_do_not_overlap`);
    for (const [tenant, count, related] of [
      [TENANT, agents, edges],
      [OTHER, fewer, growGraph(fewer, 2)],
    ] as const) {
      await session.query(
        `insert into agent_profiles (tenant_id, id, name, model_family)
         select $1, 'agent-' || lpad(agent::text, 6, '0'), 'Agent ' || agent, 'bench'
         from generate_series(0, $2::integer - 1) as agent`,
        [tenant, count],
      );
      for (let at = 0; at < related.length; at += BATCH)
        await insertEdges(tenant, related.slice(at, at + BATCH));
    }
    await session.query('vacuum analyze agent_relationships, agent_profiles');

    function insertEdges(tenant: string, batch: readonly Edge[]): Promise<unknown> {
      return session.query(
        `insert into agent_relationships (
           tenant_id, source_agent_id, target_agent_id, type, is_directional, confidence
         )
         select $1, source_agent_id, target_agent_id, type, is_directional, confidence
         from jsonb_populate_recordset(null::agent_relationships, $2::text::jsonb)`,
        [tenant, JSON.stringify(batch.map(rowOf))],
      );
    }
  });
}

const BATCH = 20_000;

function rowOf({ source, target, type, isDirectional, hundredths }: Edge): Record<string, unknown> {
  return {
    source_agent_id: agentId(source),
    target_agent_id: agentId(target),
    type,
    is_directional: isDirectional,
    confidence: hundredths / 100,
  };
}
