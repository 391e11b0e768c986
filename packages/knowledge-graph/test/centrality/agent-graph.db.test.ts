import { testDatabase, matching } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAgentGraph, type AgentGraph, type AgentGraphQuery } from '../../src/centrality/agent-graph.ts';
import { betweenness } from '../../src/centrality/betweenness.ts';
import type { CsrGraph } from '../../src/centrality/csr-graph.ts';
import { listDegrees } from '../../src/centrality/degrees.ts';
import { pageRank } from '../../src/centrality/page-rank.ts';
import { seededRandom } from '../../src/centrality/seeded-random.ts';
import { streamAgentGraph } from '../../src/export/stream-agent-graph.ts';
import { parseGraphJson, writeGraphJson } from '../../src/export/graph-json.ts';
import { countBetweenness, solvePageRank } from '../support/centrality-model.ts';

const app = useApplication(testDatabase());
const GRAPHS = 1000;
const TYPES = ['COLLABORATES_WITH', 'VALIDATES', 'DEPENDS_ON'];
const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));

/** A relationship as it was believed from one moment on, up to another. */
interface Version {
  readonly graph: number;
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly isDirectional: boolean;
  /** Hundredths. */
  readonly confidence: number;
  readonly strength: number;
  readonly validFrom: Date | undefined;
  readonly validTo: Date | undefined;
  /** Believed in the first transaction, the second, or both. */
  readonly known: readonly [boolean, boolean];
}

const agentOf = (graph: number, node: number): string =>
  `graph ${String(graph).padStart(4, '0')} agent ${node}`;

/** Small graphs, disjoint. In the second transaction some relationships are deleted and some have another confidence. */
function drawVersions(seed: number): Version[] {
  const random = seededRandom(seed);
  return Array.from({ length: GRAPHS }, (_, graph) => {
    const versions = new Map<string, Version[]>();
    for (let drawn = random.integer(12); drawn > 0; drawn--) {
      const [a, b] = [random.integer(7), random.integer(7)];
      const type = TYPES[random.integer(TYPES.length)] ?? '';
      const isDirectional = random.integer(2) === 0;
      const [from, to] = isDirectional || a < b ? [a, b] : [b, a];
      const version: Version = {
        ...{ graph, source: agentOf(graph, from), target: agentOf(graph, to), type, isDirectional },
        ...{ confidence: 50 + random.integer(51), strength: random.integer(101) },
        validFrom: random.integer(3) === 0 ? undefined : day(1 + random.integer(20)),
        validTo: random.integer(2) === 0 ? undefined : day(30 + random.integer(3)),
        known: [true, true],
      };
      const fate = random.integer(4);
      const changed = { ...version, confidence: 50 + random.integer(51), known: [false, true] as const };
      if (a !== b) {
        versions.set(
          `${from} ${to} ${type}`,
          fate > 1 ? [version] : [{ ...version, known: [true, false] }, ...(fate === 1 ? [changed] : [])],
        );
      }
    }
    return [...versions.values()].flat();
  }).flat();
}

async function store(tx: TenantTransaction, versions: readonly Version[]): Promise<void> {
  const agents = Array.from({ length: 7 * GRAPHS }, (_, at) => agentOf(Math.floor(at / 7), at % 7));
  await sql`
    insert into agent_profiles (tenant_id, id, name, model_family)
    select ${tx.tenantId}, id, 'Name of ' || id, 'human' from unnest(${agents}::text[]) as id`.execute(tx);
  await sql`
    insert into agent_relationships (
      tenant_id, source_agent_id, target_agent_id, type, is_directional, confidence, strength, valid_from, valid_to
    )
    select
      ${tx.tenantId}, source, target, type::relationship_type, directional,
      confidence / 100.0, strength / 100.0, coalesce("from", '-infinity'), coalesce("to", 'infinity')
    from jsonb_to_recordset(${JSON.stringify(
      versions.filter(({ known: [first] }) => first).map(toRecord),
    )}::text::jsonb) as edge (
      source text, target text, type text, directional boolean, confidence integer, strength integer,
      "from" timestamptz, "to" timestamptz
    )`.execute(tx);
}

const toRecord = (version: Version): object => ({
  ...{
    source: version.source,
    target: version.target,
    type: version.type,
    directional: version.isDirectional,
  },
  ...{ confidence: version.confidence, strength: version.strength },
  ...{ from: version.validFrom ?? null, to: version.validTo ?? null },
});

async function change(tx: TenantTransaction, versions: readonly Version[]): Promise<void> {
  const changes = versions.filter(({ known: [first] }) => !first);
  const gone = versions.filter(
    (version) =>
      !version.known[1] &&
      !changes.some(
        (it) => it.source === version.source && it.target === version.target && it.type === version.type,
      ),
  );
  const records = (list: readonly Version[]) => sql`
    jsonb_to_recordset(${JSON.stringify(list.map(toRecord))}::text::jsonb) as edge (
      source text, target text, type text, confidence integer
    )
    where relationship.tenant_id = ${tx.tenantId}
      and relationship.source_agent_id = edge.source
      and relationship.target_agent_id = edge.target
      and relationship.type = edge.type::relationship_type`;
  await sql`
    update agent_relationships as relationship set confidence = edge.confidence / 100.0 from ${records(changes)}
  `.execute(tx);
  await sql`delete from agent_relationships as relationship using ${records(gone)}`.execute(tx);
}

let tenants: { id: string; versions: Version[] }[];
/** Between the two transactions, and after both. */
let between: Date;
let afterwards: Date;

beforeAll(async () => {
  const ids = await app.newTenants(2);
  // The second tenant has the same agents, and relationships of its own between some of them.
  tenants = ids.map((id, at) => ({
    id,
    versions: drawVersions(at + 1).filter(({ graph }) => at === 0 || graph < 100),
  }));
  for (const { id, versions } of tenants) await app.inTenant(id, (tx) => store(tx, versions));
  between = await clock();
  for (const { id, versions } of tenants) await app.inTenant(id, (tx) => change(tx, versions));
  afterwards = await clock();
});

async function clock(): Promise<Date> {
  const { rows } = await app.inTenant(tenants[0]?.id ?? '', (tx) =>
    sql<{ at: Date }>`select clock_timestamp() as at`.execute(tx),
  );
  return rows[0]?.at ?? day(1);
}

/** Whether a query has to find it. */
function isSelected(
  version: Version,
  { asOf = new Date(), knownAt, minConfidence = 0, types }: AgentGraphQuery,
): boolean {
  const { known, validFrom, validTo, confidence, type } = version;
  return (
    known[knownAt === between ? 0 : 1] &&
    (validFrom === undefined || validFrom <= asOf) &&
    (validTo === undefined || asOf < validTo) &&
    confidence >= 100 * minConfidence &&
    (types === undefined || types.some((it) => it === type))
  );
}

/** Weights from agent to agent of each graph, by trying every version. */
function expectedMatrices(versions: readonly Version[], query: AgentGraphQuery): (number | undefined)[][][] {
  const matrices = Array.from({ length: GRAPHS }, () =>
    Array.from({ length: 7 }, () => new Array<number | undefined>(7).fill(undefined)),
  );
  for (const version of versions.filter((it) => isSelected(it, query))) {
    const weight = query.weight === 'none' ? 100 : version[query.weight ?? 'confidence'];
    const ends = [version.source, version.target].map((id) => Number(id.at(-1)));
    const ways = version.isDirectional && query.direction !== 'both' ? [ends] : [ends, ends.toReversed()];
    for (const [from = 0, to = 0] of ways) {
      const row = matrices[version.graph]?.[from] ?? [];
      row[to] = (row[to] ?? 0) + weight;
    }
  }
  return matrices;
}

/** The graphs that were stored, of the one that was read: each is seven agents in a row. */
function split({ edges: { offsets, targets, weights } }: AgentGraph): CsrGraph[] {
  return Array.from({ length: GRAPHS }, (_, graph) => {
    const first = offsets[7 * graph] ?? 0;
    const last = offsets[7 * graph + 7] ?? 0;
    return {
      nodeCount: 7,
      offsets: offsets.slice(7 * graph, 7 * graph + 8).map((offset) => offset - first),
      targets: targets.slice(first, last).map((target) => target - 7 * graph),
      weights: weights.slice(first, last),
    };
  });
}

function toMatrix({ offsets, targets, weights }: CsrGraph): (number | undefined)[][] {
  return Array.from({ length: 7 }, (_, node) => {
    const row = new Array<number | undefined>(7).fill(undefined);
    for (let edge = offsets[node] ?? 0; edge < (offsets[node + 1] ?? 0); edge++)
      row[targets[edge] ?? 0] = weights[edge];
    return row;
  });
}

describe('readAgentGraph', () => {
  const queries: [string, () => AgentGraphQuery][] = [
    ['now', () => ({ asOf: day(25) })],
    ['at another time', () => ({ asOf: day(10) })],
    ['as it was known', () => ({ asOf: day(25), knownAt: between })],
    ['as it was known, of another time', () => ({ asOf: day(31), knownAt: between })],
    ['as it is known in the end', () => ({ asOf: day(25), knownAt: afterwards })],
    ['by confidence', () => ({ asOf: day(25), minConfidence: 0.8 })],
    ['by type', () => ({ asOf: day(25), types: ['VALIDATES', 'DEPENDS_ON'] })],
    ['both ways, by strength', () => ({ asOf: day(25), direction: 'both', weight: 'strength' })],
    ['without weights', () => ({ asOf: day(25), weight: 'none' })],
  ];

  it.each(queries)('reads 1000 graphs of either tenant as they are: %s', async (_, query) => {
    for (const { id, versions } of tenants) {
      const graph = await app.inTenant(id, (tx) => readAgentGraph(tx, query()));
      expect(graph.agentIds).toHaveLength(7 * GRAPHS);
      expect(graph.relationshipCount).toBeGreaterThan(versions.length / 10);
      const found = split(graph).map(toMatrix);
      const differs = expectedMatrices(versions, query()).findIndex(
        (matrix, at) => JSON.stringify(matrix) !== JSON.stringify(found[at]),
      );
      expect(differs, 'the first graph that is different').toBe(-1);
    }
  });

  it.each(queries.slice(0, 3))('gives 1000 graphs their figures: %s', async (_, query) => {
    const { id = '', versions = [] } = tenants[0] ?? {};
    const graphs = split(await app.inTenant(id, (tx) => readAgentGraph(tx, query())));
    const matrices = expectedMatrices(versions, query());
    const error = { ranks: 0, betweenness: 0 };
    for (const [at, graph] of graphs.entries()) {
      const matrix = matrices[at] ?? [];
      const ranks = pageRank(graph, { damping: 0.85, tolerance: 1e-10 }).scores;
      const through = betweenness(graph);
      for (const [node, score] of solvePageRank(matrix, 0.85, new Array<number>(7).fill(1)).entries())
        error.ranks = Math.max(error.ranks, Math.abs(score - (ranks[node] ?? Infinity)));
      for (const [node, share] of countBetweenness(matrix).entries())
        error.betweenness = Math.max(error.betweenness, Math.abs(share - (through[node] ?? Infinity)));
    }
    expect(error.ranks).toBeLessThan(1e-9);
    expect(error.betweenness).toBeLessThan(1e-12);
  });

  it('knows agents that are gone by now, where it is asked what was known', async () => {
    const tenant = await app.newTenant();
    await app.inTenant(tenant, async (tx) => {
      await sql`insert into agent_profiles (id, name, model_family) values ('a', 'A', 'x'), ('b', 'B', 'x')`.execute(
        tx,
      );
      await sql`insert into agent_relationships (source_agent_id, target_agent_id, type, confidence, valid_from)
        values ('a', 'b', 'VALIDATES', 0.9, '2026-01-01')`.execute(tx);
    });
    const knownAt = await clock();
    await app.inTenant(tenant, (tx) => sql`delete from agent_profiles where id = 'b'`.execute(tx));
    await app.inTenant(tenant, async (tx) => {
      await expect(readAgentGraph(tx)).resolves.toMatchObject({ agentIds: ['a'], relationshipCount: 0 });
      await expect(readAgentGraph(tx, { knownAt })).resolves.toMatchObject({
        agentIds: ['a', 'b'],
        relationshipCount: 1,
      });
    });
  });

  it('refuses a graph that is larger than allowed, and bad input, and the transaction goes on', async () => {
    const refused = (code: string, message: RegExp) => ({ code, message: matching(message) });
    await app.inTenant(tenants[0]?.id ?? '', async (tx) => {
      await expect(readAgentGraph(tx, { maxAgents: 6999 })).rejects.toMatchObject(
        refused('GRAPH_TOO_LARGE', /more than 6999 agents/),
      );
      await expect(readAgentGraph(tx, { maxRelationships: 10 })).rejects.toMatchObject(
        refused('GRAPH_TOO_LARGE', /more than 10 relationships/),
      );
      await expect(
        readAgentGraph(tx, { minConfidence: NaN, types: [], maxAgents: -1 }),
      ).rejects.toMatchObject(refused('INVALID_INPUT', /types: .*minConfidence: .*maxAgents: /));
      await expect(readAgentGraph(tx, { maxAgents: 7000 })).resolves.toBeDefined();
    });
  });

  it('reads an empty tenant', async () => {
    const tenant = await app.newTenant();
    await expect(app.inTenant(tenant, (tx) => readAgentGraph(tx))).resolves.toMatchObject({
      agentIds: [],
      relationshipCount: 0,
    });
  });
});

describe('listDegrees', () => {
  it('says what the relationships say that hold now', async () => {
    const now = new Date();
    for (const { id, versions } of tenants) {
      const asked = [
        ...Array.from({ length: 700 }, (_, at) => agentOf(Math.floor(at / 7), at % 7)),
        'nobody',
      ];
      const holding = versions.filter((version) => isSelected(version, { asOf: now }));
      const expected = asked.map((agentId) => {
        const own = holding.filter(({ source, target }) => source === agentId || target === agentId);
        const count = (isOut: boolean): number =>
          own.filter(({ source, isDirectional }) => !isDirectional || (source === agentId) === isOut).length;
        return { agentId, outbound: count(true), inbound: count(false), total: own.length };
      });
      await expect(app.inTenant(id, (tx) => listDegrees(tx, asked))).resolves.toEqual(expected);
    }
  });
});

describe('streamAgentGraph', () => {
  it('gives every agent and selected relationship once, in order, and JSON gives them back', async () => {
    const { id, versions } = tenants[0] ?? { id: '', versions: [] };
    const text = await app.inTenant(id, async (tx) => {
      const chunks: string[] = [];
      for await (const chunk of writeGraphJson(streamAgentGraph(tx, { asOf: day(25), minConfidence: 0.6 }))) {
        chunks.push(chunk);
      }
      return chunks.join('');
    });
    const { nodes, edges } = parseGraphJson(text);
    expect(nodes).toHaveLength(7 * GRAPHS);
    expect(nodes[0]).toEqual({ id: agentOf(0, 0), name: `Name of ${agentOf(0, 0)}` });
    const key = (edge: { source: string; target: string; type: string }): string =>
      `${edge.source} ${edge.target} ${TYPES.indexOf(edge.type)}`;
    const expected = versions
      .filter(
        ({ known, validFrom = day(0), confidence }) => known[1] && validFrom <= day(25) && confidence >= 60,
      )
      .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(edges.map(({ recordedAt: _, cooccurrenceCount: __, ...edge }) => edge)).toEqual(
      expected.map((version) => ({
        ...{ sourceAgentId: version.source, targetAgentId: version.target, type: version.type },
        isDirectional: version.isDirectional,
        ...{ confidence: version.confidence / 100, strength: version.strength / 100 },
        ...(version.validFrom && { validFrom: version.validFrom }),
        ...(version.validTo && { validTo: version.validTo }),
      })),
    );
  });
});
