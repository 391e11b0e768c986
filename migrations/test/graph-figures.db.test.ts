import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { betweenness } from './support/betweenness.ts';
import { insertGraphs, stepsFrom, walkNaively, type Edge, type Graph } from './support/graph.ts';
import { appendNodes, childOf, nodeAfter, putSigningKey, type Node } from './support/provenance-node.ts';
import { seededRandom } from './support/random.ts';
import { createTenants, insertRows } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;
let tenants = 0;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const EVERYTHING = { maxHops: 10, minConfidence: 0 };

/** A relationship as `a-b` (both ways) or `a>b`. */
function edge(words: string, type = 'VALIDATES', confidence = 0.9): Edge {
  const [source = '', target = ''] = words.split(/[->]/);
  return { source, target, type, directional: words.includes('>'), confidence };
}

async function store(graph: Omit<Graph, 'tenant'>): Promise<Graph> {
  tenants += 1;
  const stored = { ...graph, tenant: `graph-${tenants}` };
  await createTenants(administrator, stored.tenant);
  if (stored.agents.length > 0) await insertGraphs(administrator, [stored]);
  return stored;
}

const rowsAs = (tenant: string | undefined, text: string): Promise<Record<string, unknown>[]> =>
  undone(application, tenant, async () => (await application.query(text)).rows);

/** Three figures of each agent: of its neighbors, of the paths through it, of its relationships. */
async function figuresOf({ tenant }: Pick<Graph, 'tenant'>): Promise<Map<string, number[]>> {
  const rows = await rowsAs(tenant, 'select * from compute_agent_centrality()');
  return new Map(
    rows.map((row) => [
      String(row['agent_id']),
      ['degree_centrality', 'betweenness_estimate', 'connection_count'].map((name) => Number(row[name])),
    ]),
  );
}

/** A tree of agents, none of them more than five steps from the first, so that ten hops lead from each to all. */
function randomTree(seed: number): Omit<Graph, 'tenant'> {
  const random = seededRandom(seed);
  const agents = ['agent 0'];
  const depth = [0];
  const edges: Edge[] = [];
  const size = 1 + random.integer(32);
  while (agents.length < size) {
    const parent = random.integer(agents.length);
    if ((depth[parent] ?? 0) >= 5) continue;
    const child = `agent ${agents.length}`;
    agents.push(child);
    depth.push((depth[parent] ?? 0) + 1);
    const ends = random.integer(2) === 0 ? [agents[parent], child] : [child, agents[parent]];
    const arrow = random.integer(3) === 0 ? '>' : '-';
    edges.push(edge(ends.join(arrow), random.pick(['VALIDATES', 'ENHANCES'])));
  }
  return { agents: [...agents, ...(random.integer(4) === 0 && size < 32 ? ['alone'] : [])], edges };
}

describe.skipIf(database.kind === 'pglite')('compute_agent_centrality', () => {
  it('is exact where nobody is left out', async () => {
    let between = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const graph = await store(seed % 2 === 0 ? randomTree(seed) : randomGraph(seed));
      const expected = betweenness(graph);
      const figures = await figuresOf(graph);
      expect([...figures.keys()].sort()).toEqual([...graph.agents].sort());
      for (const [agent, share] of expected) {
        expect(figures.get(agent)?.[1], `graph ${seed}: ${agent}`).toBeCloseTo(share, 12);
        if (share > 0) between += 1;
      }
    }
    expect(between).toBeGreaterThan(100);
  });

  it('counts a path once for each direction that it can be gone in', async () => {
    const figures = async (...words: string[]): Promise<unknown> => {
      const edges = words.map((it) => edge(it));
      return (await figuresOf(await store({ agents: ['a', 'b', 'c'], edges }))).get('b')?.[1];
    };
    await expect(figures('a-b', 'b-c')).resolves.toBe(1);
    await expect(figures('a>b', 'b>c')).resolves.toBe(0.5);
    await expect(figures('a>b', 'c>b')).resolves.toBe(0);
    await expect(figures('a-b', 'b-c', 'a-c')).resolves.toBe(0);
  });

  it('counts a neighbor once, whatever the relationships, and every relationship', async () => {
    const edges = [
      edge('a-b', 'VALIDATES'),
      edge('a-b', 'ENHANCES'),
      edge('a>b', 'REPLACES'),
      edge('b>a', 'REPLACES'),
      edge('c>a', 'REPLACES'),
    ];
    const figures = await figuresOf(await store({ agents: ['a', 'b', 'c', 'd'], edges }));
    expect(figures.get('a')).toEqual([expect.closeTo(2 / 3, 12), expect.closeTo(1 / 6, 12), 5]);
    expect(figures.get('b')).toEqual([expect.closeTo(1 / 3, 12), 0, 4]);
    expect(figures.get('c')).toEqual([expect.closeTo(1 / 3, 12), 0, 1]);
    expect(figures.get('d')).toEqual([0, 0, 0]);
  });

  it('gives everybody in a clique a degree of 1 and no path', async () => {
    const agents = ['a', 'b', 'c', 'd', 'e'];
    const edges = agents.flatMap((one, at) => agents.slice(at + 1).map((other) => edge(`${one}-${other}`)));
    const figures = await figuresOf(await store({ agents, edges }));
    for (const agent of agents) expect(figures.get(agent)).toEqual([1, 0, 4]);
  });

  it.each([[[]], [['a']], [['a', 'b']]])('divides by nobody for %j', async (agents) => {
    const figures = await figuresOf(await store({ agents, edges: [] }));
    expect([...figures]).toEqual(agents.map((agent) => [agent, [0, 0, 0]]));
  });

  it('estimates from 32 of many, repeatably, and never more than 1', async () => {
    const agents = Array.from({ length: 80 }, (_, at) => `agent ${at}`);
    const star = await store({ agents, edges: agents.slice(1).map((other) => edge(`agent 0-${other}`)) });
    const figures = await figuresOf(star);
    await expect(figuresOf(star)).resolves.toEqual(figures);
    expect(figures.get('agent 0')?.[0]).toBe(1);
    // Every walk but its own leads through the middle.
    expect(figures.get('agent 0')?.[1]).toBeGreaterThan(0.95);
    for (const [agent, [degree = 0, between = 0]] of figures) {
      expect(degree, agent).toBeLessThanOrEqual(1);
      if (agent !== 'agent 0') expect(between, agent).toBe(0);
    }
  });

  it('keeps tenants apart, and knows nobody without one', async () => {
    const graph = await store({ agents: ['a', 'b', 'c'], edges: [edge('a-b'), edge('b-c')] });
    const other = await store({ agents: ['a', 'b', 'c'], edges: [edge('a-c')] });
    expect((await figuresOf(graph)).get('b')).toEqual([1, 1, 2]);
    expect((await figuresOf(other)).get('b')).toEqual([0, 0, 0]);
    await expect(rowsAs(undefined, 'select * from compute_agent_centrality()')).resolves.toEqual([]);
  });
});

/** Two tenants with the same agents and different relationships. */
function randomGraph(seed: number): Omit<Graph, 'tenant'> {
  const random = seededRandom(seed);
  const agents = Array.from({ length: 8 }, (_, at) => `agent ${at}`);
  const edges = new Map<string, Edge>();
  for (let drawn = 0; drawn < 30; drawn += 1) {
    const [source, target] = [random.pick(agents), random.pick(agents)];
    const type = random.pick(['VALIDATES', 'ENHANCES', 'REPLACES']);
    if (source < target)
      edges.set(`${source} ${target} ${type}`, {
        ...edge(`${source}${random.pick(['-', '>'])}${target}`, type),
        confidence: (50 + random.integer(51)) / 100,
      });
  }
  return { agents, edges: [...edges.values()] };
}

describe.skipIf(database.kind === 'pglite')('a view of relationships', () => {
  const graphs: Graph[] = [];
  beforeAll(async () => {
    for (const seed of [1, 2]) graphs.push(await store(randomGraph(seed)));
  });

  it('agent_connectivity counts what goes out, comes in, and is in total', async () => {
    for (const { tenant, agents, edges } of graphs) {
      const count = (matches: (edge: Edge) => boolean): string => String(edges.filter(matches).length);
      const rows = await rowsAs(tenant, 'select * from agent_connectivity order by agent_id');
      expect(rows).toEqual(
        agents.map((agent) => ({
          tenant_id: tenant,
          agent_id: agent,
          outbound_relationships: count(
            ({ source, target, directional }) => source === agent || (!directional && target === agent),
          ),
          inbound_relationships: count(
            ({ source, target, directional }) => target === agent || (!directional && source === agent),
          ),
          total_relationships: count(({ source, target }) => source === agent || target === agent),
        })),
      );
    }
    await expect(rowsAs(undefined, 'select * from agent_connectivity')).resolves.toEqual([]);
  });

  it('agent_relationship_summary takes what holds both ways for both', async () => {
    for (const graph of graphs) {
      const rows = await rowsAs(
        graph.tenant,
        'select * from agent_relationship_summary order by source_agent_id, type::text',
      );
      const expected = graph.agents.flatMap((agent) =>
        ['ENHANCES', 'REPLACES', 'VALIDATES'].flatMap((type) => {
          const steps = stepsFrom(graph, agent, { ...EVERYTHING, types: [type] });
          const sum = steps.reduce((total, { confidence }) => total + confidence, 0);
          const mean: unknown = expect.closeTo(sum / steps.length, 10);
          return steps.length === 0 ? [] : [[graph.tenant, agent, type, steps.length, mean, 1]];
        }),
      );
      expect(
        rows.map((row) => [
          ...[row['tenant_id'], row['source_agent_id'], row['type'], Number(row['relationship_count'])],
          ...[Number(row['avg_confidence']), Number(row['avg_strength'])],
        ]),
      ).toEqual(expected);
    }
    await expect(rowsAs(undefined, 'select * from agent_relationship_summary')).resolves.toEqual([]);
  });

  it('reaches, where the summary counts, what walks of one hop reach', async () => {
    for (const graph of graphs)
      for (const agent of graph.agents) {
        const reached = walkNaively(graph, agent, { maxHops: 1, minConfidence: 0 });
        const rows = await rowsAs(
          graph.tenant,
          `select agent_id from traverse_agent_relationships('${agent}', 1) order by agent_id`,
        );
        expect(rows.map((row) => row['agent_id'])).toEqual([...reached.keys()].slice(1).sort());
      }
  });
});

describe.skipIf(database.kind === 'pglite')('agent_capability_summary', () => {
  it('adds up what each agent has shown, and leaves out who has shown nothing', async () => {
    const [graph, other] = [
      await store({ agents: ['a', 'b', 'c'], edges: [] }),
      await store({ agents: ['a'], edges: [] }),
    ];
    const insert = (
      tenant: string,
      ...rows: [agent: string, confidence: number, failures: number, day: string, status?: string][]
    ) =>
      asTenant(application, tenant, () =>
        insertRows(
          application,
          'agent_capabilities_graph',
          rows.map(([agent_id, confidence, failure_count, last_demonstrated, status], at) => ({
            ...{
              id: crypto.randomUUID(),
              agent_id,
              capability_name: `Skill ${at}`,
              extraction_confidence: 1,
            },
            ...{ confidence, demonstration_count: 10, failure_count, last_demonstrated },
            ...{ first_observed: '2024-01-01T00:00:00Z', validation_status: status ?? 'unvalidated' },
          })),
        ),
      );
    await insert(
      graph.tenant,
      ['a', 0.7, 5, '2025-01-02'],
      ['a', 0.8, 0, '2025-01-03', 'validated'],
      ['a', 0.9, 0, '2025-01-04', 'rejected'],
      ['b', 1, 10, '2025-01-01'],
    );
    await insert(other.tenant, ['a', 0.9, 1, '2026-01-01']);
    const summary = `
      select agent_id, capability_count, round(avg_confidence, 6)::text as confidence,
        round(avg_success_rate, 6)::text as rate, last_activity::date::text as day
      from agent_capability_summary order by agent_id`;
    await expect(rowsAs(graph.tenant, summary)).resolves.toEqual([
      { agent_id: 'a', capability_count: '2', confidence: '0.750000', rate: '0.750000', day: '2025-01-03' },
      { agent_id: 'b', capability_count: '1', confidence: '1.000000', rate: '0.000000', day: '2025-01-01' },
    ]);
    await expect(rowsAs(other.tenant, summary)).resolves.toHaveLength(1);
    await expect(rowsAs(undefined, summary)).resolves.toEqual([]);
  });
});

describe.skipIf(database.kind === 'pglite')('caws_provenance_chains', () => {
  it('says of each node how far it is from where it begins, and by which way', async () => {
    const random = seededRandom(5);
    const graph = await store({ agents: [], edges: [] });
    const nodes: Node[] = [];
    for (let at = 0; at < 30; at += 1) {
      const parent = random.integer(4) === 0 ? undefined : nodes[random.integer(Math.max(at, 1))];
      nodes.push(nodeAfter(nodes.at(-1), { tenant_id: graph.tenant, ...(parent && childOf(parent)) }));
    }
    await asTenant(application, graph.tenant, async () => {
      await putSigningKey(application);
      await appendNodes(application, ...nodes);
    });
    const wayTo = (node: Node): string[] => {
      const parent = nodes.find(({ id }) => id === node.parent_ids[0]);
      return [...(parent === undefined ? [] : wayTo(parent)), node.id];
    };
    const rows = await rowsAs(
      graph.tenant,
      `select id, entity_type, entity_id, parent_entity_id, hash_chain, depth, path from caws_provenance_chains
       order by substring(entity_id from 10)::int`,
    );
    expect(rows).toEqual(
      nodes.map((node) => ({
        ...{ id: node.id, entity_type: 'verdict', entity_id: node.entity_id },
        ...{ parent_entity_id: node.parent_ids[0] ?? null, hash_chain: node.hash_chain },
        ...{ depth: wayTo(node).length - 1, path: wayTo(node) },
      })),
    );
    expect(Math.max(...rows.map((row) => Number(row['depth'])))).toBeGreaterThan(2);
    for (const tenant of [undefined, 'graph-1'])
      await expect(rowsAs(tenant, 'select from caws_provenance_chains')).resolves.toEqual([]);
  });
});
