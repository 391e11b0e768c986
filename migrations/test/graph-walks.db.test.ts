import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  insertGraphs,
  stepsFrom,
  walkNaively,
  type Edge,
  type Graph,
  type WalkLimits,
} from './support/graph.ts';
import { randomGraph, randomLimits } from './support/random-graph.ts';
import { createTenants } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;
let tenants = 0;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

/** A relationship as `a-b 0.9` (both ways) or `a>b 0.9 VALIDATES`. */
function edge(words: string): Edge {
  const [, source = '', arrow, target = '', confidence, type = 'COLLABORATES_WITH'] =
    /^(\w+)([->])(\w+)(?: ([\d.]+))?(?: (\w+))?$/.exec(words) ?? [];
  return { source, target, type, directional: arrow === '>', confidence: Number(confidence ?? 1) };
}

/** Stores a graph in a tenant of its own. */
async function graphOf(...words: string[]): Promise<Graph> {
  tenants += 1;
  const edges = words.map(edge);
  const agents = [...new Set(edges.flatMap(({ source, target }) => [source, target]))];
  const graph = { tenant: `graph-${tenants}`, agents, edges };
  await createTenants(administrator, graph.tenant);
  await insertGraphs(administrator, [graph]);
  return graph;
}

interface Found {
  readonly agent_id: string;
  readonly agent_name: string;
  readonly hop_distance: number;
  readonly relationship_path: string[];
  readonly cumulative_confidence: string;
  readonly path: string[];
}

async function traverse(graph: Pick<Graph, 'tenant'>, ...values: unknown[]): Promise<Found[]> {
  const types = ['::varchar', '::integer', '::numeric', '::text[]::relationship_type[]'];
  const parameters = values.map((_, at) => `$${at + 1}${types[at] ?? ''}`).join(', ');
  return asTenant(application, graph.tenant, async () => {
    const { rows } = await application.query(
      `select * from traverse_agent_relationships(${parameters})`,
      values,
    );
    return rows as unknown as Found[];
  });
}

interface FoundPath {
  readonly path_length: number;
  readonly relationship_path: string[];
  readonly agent_path: string[];
  readonly total_confidence: string;
}

async function findPath(graph: Pick<Graph, 'tenant'>, ...values: unknown[]): Promise<FoundPath[]> {
  const parameters = values.map((_, at) => `$${at + 1}`).join(', ');
  return asTenant(application, graph.tenant, async () => {
    const { rows } = await application.query(`select * from find_agent_path(${parameters})`, values);
    return rows as unknown as FoundPath[];
  });
}

const agentsOf = (found: readonly Found[]): string[] => found.map(({ agent_id }) => agent_id);

describe.skipIf(database.kind === 'pglite')('traverse_agent_relationships', () => {
  it('finds agents with their names, paths and confidences, nearest first and then the most confident', async () => {
    const graph = await graphOf('a-b 0.8', 'b-c 0.9 VALIDATES', 'a-d 0.9', 'a-e 0.8');
    await expect(traverse(graph, 'a')).resolves.toEqual([
      found('d', ['a', 'd'], ['COLLABORATES_WITH'], '0.9'),
      found('b', ['a', 'b'], ['COLLABORATES_WITH'], '0.8'),
      found('e', ['a', 'e'], ['COLLABORATES_WITH'], '0.8'),
      found('c', ['a', 'b', 'c'], ['COLLABORATES_WITH', 'VALIDATES'], '0.72'),
    ]);
  });

  it('goes both ways along an undirected relationship, and forward only along a directional one', async () => {
    const graph = await graphOf('a-b', 'c>b', 'b>d');
    expect(agentsOf(await traverse(graph, 'b', 1))).toEqual(['a', 'd']);
    expect(agentsOf(await traverse(graph, 'd', 3))).toEqual([]);
    expect(agentsOf(await traverse(graph, 'c', 3))).toEqual(['b', 'a', 'd']);
  });

  it('stops after two hops unless told otherwise', async () => {
    const graph = await graphOf('a-b', 'b-c', 'c-d', 'd-e');
    expect(agentsOf(await traverse(graph, 'a'))).toEqual(['b', 'c']);
    expect(agentsOf(await traverse(graph, 'a', 0))).toEqual([]);
    expect(agentsOf(await traverse(graph, 'a', 1))).toEqual(['b']);
    expect(agentsOf(await traverse(graph, 'a', 10))).toEqual(['b', 'c', 'd', 'e']);
  });

  it('takes no relationship below the confidence, however confident the path', async () => {
    const graph = await graphOf('a-b 0.79', 'a-c 0.8', 'c-d 0.8', 'd-e 0.8');
    expect(agentsOf(await traverse(graph, 'a', 5, 0.8))).toEqual(['c', 'd', 'e']);
    expect(agentsOf(await traverse(graph, 'a', 5, 1))).toEqual([]);
  });

  it('takes only relationships of the types', async () => {
    const graph = await graphOf(
      'a-b 0.9 VALIDATES',
      'a-c 0.9 SIMILAR_TO',
      'a-d 0.9 REPLACES',
      'b-e 0.9 REPLACES',
    );
    expect(agentsOf(await traverse(graph, 'a', 2, 0.5, ['VALIDATES', 'SIMILAR_TO']))).toEqual(['b', 'c']);
    expect(agentsOf(await traverse(graph, 'a', 2, 0.5, []))).toEqual([]);
    expect(agentsOf(await traverse(graph, 'a', 2, 0.5, null))).toEqual(['b', 'c', 'd', 'e']);
  });

  it('visits everybody once in cycles and cliques, and never the start', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const clique = names.flatMap((one, at) => names.slice(at + 1).map((other) => `${one}-${other} 0.9`));
    expect(agentsOf(await traverse(await graphOf(...clique), 'c', 10))).toEqual([
      'a',
      'b',
      'd',
      'e',
      'f',
      'g',
      'h',
    ]);
    expect(agentsOf(await traverse(await graphOf('a>b', 'b>c', 'c>a'), 'a', 10))).toEqual(['b', 'c']);
  });

  it('takes of the shortest paths the most confident, and never a longer one', async () => {
    const graph = await graphOf('a-b 0.6', 'a-c 0.9', 'b-z 1.0', 'c-z 0.7', 'a-y 0.5', 'c-y 1.0');
    const [z, y] = ['z', 'y'].map(async (id) =>
      (await traverse(graph, 'a')).find(({ agent_id }) => agent_id === id),
    );
    expect(await z).toMatchObject({ path: ['a', 'c', 'z'], cumulative_confidence: '0.63' });
    expect(await y).toMatchObject({ path: ['a', 'y'], cumulative_confidence: '0.5' });
  });

  it('takes of equal paths the one with the smaller agents, and of equal relationships the first type by name', async () => {
    const graph = await graphOf('a-c', 'a-b', 'c-z', 'b-z', 'a-b 1 VALIDATES', 'a-b 1 ENHANCES');
    expect((await traverse(graph, 'a')).at(-1)).toMatchObject({
      path: ['a', 'b', 'z'],
      relationship_path: ['COLLABORATES_WITH', 'COLLABORATES_WITH'],
    });
    // 1.00 · 0.60 and 0.75 · 0.80 are equal, and the first agent before y is the more confident one.
    const unequal = await graphOf('a-c 1.00', 'c-y 0.60', 'a-b 0.75', 'b-y 0.80');
    expect((await traverse(unequal, 'a')).at(-1)).toMatchObject({ path: ['a', 'b', 'y'] });
    const types = ['VALIDATES', 'ENHANCES'];
    expect(await traverse(graph, 'a', 1, 0.5, types)).toMatchObject([{ relationship_path: ['ENHANCES'] }]);
  });

  it('finds nobody from an agent that is not there', async () => {
    await expect(traverse(await graphOf('a-b'), 'nobody')).resolves.toEqual([]);
  });

  it('finds nobody without a tenant', async () => {
    const { rows } = await application.query(`select * from traverse_agent_relationships('a')`);
    expect(rows).toEqual([]);
  });

  it('does not see that another tenant has agents with the same names', async () => {
    const mine = await graphOf('a-b', 'c-d');
    await graphOf('a-c', 'b-d');
    expect(agentsOf(await traverse(mine, 'a', 10))).toEqual(['b']);
  });

  it('sees one tenant even when whoever asks stands above row level security', async () => {
    const mine = await graphOf('a-b', 'c-d', 'e>d');
    await graphOf('a-c', 'd-b', 'b>e');
    const rows = await asTenant(administrator, mine.tenant, async () => {
      return (await administrator.query(`select agent_id from traverse_agent_relationships('a', 10)`)).rows;
    });
    expect(rows).toEqual([{ agent_id: 'b' }]);
  });

  it.each([-1, 11, null])('refuses %s hops', async (hops) => {
    const graph = await graphOf('a-b');
    const refusal = { code: '22023', message: `max_hops is ${String(hops)}; it has to be 0 to 10` };
    await expect(traverse(graph, 'a', hops)).rejects.toMatchObject(refusal);
    await expect(findPath(graph, 'a', 'b', hops)).rejects.toMatchObject(refusal);
  });

  it('walks along what held as of a moment, and as it was known at one', async () => {
    const graph = await graphOf('a-b', 'b-c');
    const { tenant } = graph;
    await administrator.query(
      `update agent_relationships set valid_to = now() + interval '1 day' where tenant_id = $1 and target_agent_id = 'c'`,
      [tenant],
    );
    await administrator.query(
      `delete from agent_relationships where tenant_id = $1 and target_agent_id = 'b'`,
      [tenant],
    );
    const reached = async (time: string): Promise<string[]> =>
      asTenant(application, tenant, async () => {
        const { rows } = await application.query(`
          with moment as (
            select min(recorded_at) as first, max(recorded_at) as last from agent_relationship_versions
          )
          select agent_id from moment, traverse_agent_relationships('b', ${time})`);
        return agentsOf(rows as unknown as Found[]);
      });
    await expect(reached('1')).resolves.toEqual(['c']);
    await expect(reached(`1, p_as_of => now() + interval '2 days'`)).resolves.toEqual([]);
    await expect(reached('1, p_known_at => first')).resolves.toEqual(['a', 'c']);
    await expect(reached(`1, p_known_at => first - interval '1 second'`)).resolves.toEqual([]);
    await expect(reached(`1, p_as_of => now() + interval '2 days', p_known_at => first`)).resolves.toEqual([
      'a',
      'c',
    ]);
    await expect(reached(`1, p_as_of => now() + interval '2 days', p_known_at => last`)).resolves.toEqual([
      'a',
    ]);
  });

  it('refuses no confidence', async () => {
    await expect(traverse(await graphOf('a-b'), 'a', 1, null)).rejects.toMatchObject({ code: '22023' });
  });
});

function found(agent: string, path: string[], types: string[], confidence: string): Found {
  return {
    agent_id: agent,
    agent_name: `Agent ${agent}`,
    hop_distance: path.length - 1,
    relationship_path: types,
    cumulative_confidence: confidence,
    path,
  };
}

describe.skipIf(database.kind === 'pglite')('find_agent_path', () => {
  it('finds the shortest path, and of those the most confident', async () => {
    const graph = await graphOf('a-b 0.6', 'a-c 0.9 SIMILAR_TO', 'b-z 1.0', 'c-z 0.7', 'c-d', 'd-z');
    await expect(findPath(graph, 'a', 'z')).resolves.toEqual([
      {
        path_length: 2,
        relationship_path: ['SIMILAR_TO', 'COLLABORATES_WITH'],
        agent_path: ['a', 'c', 'z'],
        total_confidence: '0.63',
      },
    ]);
  });

  it('is empty from an agent to itself', async () => {
    await expect(findPath(await graphOf('a-b'), 'a', 'a')).resolves.toEqual([
      { path_length: 0, relationship_path: [], agent_path: ['a'], total_confidence: '1' },
    ]);
  });

  it.each([
    ['they are not connected', 'a', 'c'],
    ['the only way leads back', 'e', 'd'],
    ['one is not there', 'a', 'nobody'],
    ['the other is not there', 'nobody', 'a'],
    ['the one is not there', 'nobody', 'nobody'],
  ])('is not there when %s', async (_, source, target) => {
    const graph = await graphOf('a-b', 'c-d', 'd>e');
    await expect(findPath(graph, source, target)).resolves.toEqual([]);
  });

  it('has five hops at most, unless told otherwise', async () => {
    const graph = await graphOf('a-b', 'b-c', 'c-d', 'd-e', 'e-f', 'f-g');
    await expect(findPath(graph, 'a', 'f')).resolves.toMatchObject([{ path_length: 5 }]);
    await expect(findPath(graph, 'a', 'g')).resolves.toEqual([]);
    await expect(findPath(graph, 'a', 'g', 6)).resolves.toMatchObject([{ path_length: 6 }]);
    await expect(findPath(graph, 'a', 'b', 0)).resolves.toEqual([]);
  });
});

describe.skipIf(database.kind === 'pglite')('on random graphs', () => {
  const graphs = Array.from({ length: 60 }, (_, at) => randomGraph(at + 1));

  beforeAll(async () => {
    await createTenants(administrator, ...graphs.map(({ tenant }) => tenant));
    await insertGraphs(administrator, graphs);
  });

  it('a walk finds what trying every path finds, each by a path that exists', async () => {
    let reached = 0;
    for (const [at, graph] of graphs.entries()) {
      const limits = randomLimits(at);
      const { maxHops, minConfidence, types = null } = limits;
      const expected = walkNaively(graph, 'agent 0', limits);
      expected.delete('agent 0');
      const rows = await traverse(graph, 'agent 0', maxHops, minConfidence, types);
      const seen = new Map(
        rows.map((row) => [
          row.agent_id,
          { hops: row.hop_distance, confidence: Number(row.cumulative_confidence) },
        ]),
      );
      expect([...seen.keys()].sort(), graph.tenant).toEqual([...expected.keys()].sort());
      for (const [agent, { hops, confidence }] of expected) {
        expect(seen.get(agent)?.hops, `${graph.tenant}: ${agent}`).toBe(hops);
        expect(seen.get(agent)?.confidence, `${graph.tenant}: ${agent}`).toBeCloseTo(confidence, 9);
      }
      for (const row of rows) expectPathExists(graph, limits, row);
      reached += rows.length;
    }
    expect(reached).toBeGreaterThan(90);
  });

  it('a path is found exactly where there is one, and is as short and as confident as it can be', async () => {
    let pathsFound = 0;
    for (const graph of graphs) {
      const target = graph.agents.at(-1) ?? '';
      const expected = walkNaively(graph, 'agent 0', { maxHops: 4, minConfidence: 0.5 }).get(target);
      const [path, ...more] = await findPath(graph, 'agent 0', target, 4);
      expect(more).toEqual([]);
      expect(path?.path_length, graph.tenant).toBe(expected?.hops);
      if (path === undefined || expected === undefined) continue;
      expect(Number(path.total_confidence), graph.tenant).toBeCloseTo(expected.confidence, 9);
      pathsFound += 1;
    }
    expect(pathsFound).toBeGreaterThan(15);
    expect(pathsFound).toBeLessThan(60);
  });
});

function expectPathExists(graph: Graph, limits: WalkLimits, row: Found): void {
  expect(row.path[0]).toBe('agent 0');
  expect(row.path.at(-1)).toBe(row.agent_id);
  expect(row.path).toHaveLength(row.hop_distance + 1);
  const confidence = row.relationship_path.reduce((product, type, at) => {
    const steps = stepsFrom(graph, row.path[at] ?? '', limits);
    const taken = steps.filter((step) => step.to === row.path[at + 1] && step.type === type);
    return product * Math.max(...taken.map((step) => step.confidence));
  }, 1);
  expect(Number(row.cumulative_confidence)).toBeCloseTo(confidence, 9);
}

describe.skipIf(database.kind === 'pglite')('app.walk_agent_relationships', () => {
  it.each([
    [`'a', 1, 0.5, p_max_nodes => 0`, 'max_nodes is 0; it has to be 1 to 1000000'],
    [`'a', 1, 0.5, p_max_edges => -1`, 'max_edges is -1; it has to be 0 to 10000000'],
    [`'a', 1, 0.5, p_max_ms => -1`, 'max_ms is -1; it has to be 0 to 3600000'],
    [`'a', 1, 0.5, p_fan_out => 0`, 'fan_out is 0; it has to be 1 to 1000000'],
    [`'a', 1, 0.5, p_direction => 'sideways'`, 'direction has to be outgoing, incoming, or both'],
    [`'a', 1, 0.5, p_direction => null`, 'direction has to be outgoing, incoming, or both'],
  ])('refuses %s', async (values, message) => {
    const { tenant } = await graphOf('a-b');
    const refusal = { code: '22023', message };
    const walk = application.query.bind(application, `select app.walk_agent_relationships(${values})`);
    await expect(asTenant(application, tenant, () => walk())).rejects.toMatchObject(refusal);
  });

  it('takes of a budget what is most confident, and says that something is missing', async () => {
    const { tenant } = await graphOf('a-b 0.6', 'a-c 0.9', 'a-d 0.8', 'c-e', 'd-f');
    const rows = await asTenant(application, tenant, async () => {
      const walked = await application.query(`
        select agent_ids, parents, hops, products, edges, truncated, truncated_at
        from app.walk_agent_relationships('a', 3, 0.5, p_max_nodes => 3)`);
      return walked.rows;
    });
    expect(rows).toEqual([
      {
        agent_ids: ['a', 'c', 'd'],
        parents: [0, 1, 1],
        hops: [0, 1, 1],
        products: [1, 90, 80],
        edges: 3,
        truncated: 'nodes',
        truncated_at: 1,
      },
    ]);
  });
});
