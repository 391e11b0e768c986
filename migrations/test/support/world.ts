import type { SqlSession } from '@agent-agency/testing';
import type { Edge } from './graph.ts';
import { appendNodes, nodeAfter, putEmbeddings, putSigningKey, type Node } from './provenance-node.ts';
import { insertRows } from './rows.ts';
import { asTenant } from './tenant-context.ts';
import { undone } from './undone.ts';
import { vectorText } from './vectors.ts';

/** What can be searched for. */
export interface Entity {
  readonly id: string;
  readonly type: 'agent_capability' | 'agent_profile' | 'caws_provenance';
  readonly name: string;
  readonly parent: string | null;
  readonly embedding: readonly number[] | null;
  readonly confidence: number | null;
}

/** A tenant's rows, agents first, with the relationships between them. */
export interface World {
  readonly tenant: string;
  readonly entities: readonly Entity[];
  readonly edges: readonly Edge[];
}

/** Stores a world, as the application. */
export async function insertWorld(
  application: SqlSession,
  { tenant, entities, edges }: World,
): Promise<void> {
  const of = (type: Entity['type']): Entity[] => entities.filter((it) => it.type === type);
  const text = (embedding: readonly number[] | null) => embedding && vectorText(embedding);
  await asTenant(application, tenant, async () => {
    await insertRows(
      application,
      'agent_profiles',
      of('agent_profile').map(({ id, name, embedding }) => ({
        ...{ id, name, model_family: 'human', embedding: text(embedding) },
      })),
    );
    await insertRows(
      application,
      'agent_capabilities_graph',
      of('agent_capability').map(({ id, name, parent, confidence, embedding }) => ({
        ...{ id, agent_id: parent, capability_name: name, confidence, extraction_confidence: 1 },
        embedding: text(embedding),
      })),
    );
    await insertRows(
      application,
      'agent_relationships',
      edges.map(({ source, target, type, directional, confidence }) => ({
        ...{
          source_agent_id: source,
          target_agent_id: target,
          type,
          is_directional: directional,
          confidence,
        },
      })),
    );
    await putSigningKey(application);
    let last: Node | undefined;
    for (const { id, name, embedding, confidence } of of('caws_provenance')) {
      last = nodeAfter(last, { tenant_id: tenant, id, description: name, gate_integrity: confidence });
      await appendNodes(application, last);
      const vector = text(embedding);
      if (vector !== null) await putEmbeddings(application, [[id, vector]]);
    }
  });
}

/** An identifier that sorts by its number. */
export const uuid = (at: number): string => `${at.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
export const agent = (id: string, fields: Partial<Entity> = {}): Entity => ({
  ...{ id, type: 'agent_profile', name: `Agent ${id}`, parent: null, embedding: null, confidence: null },
  ...fields,
});
export const capability = (
  at: number,
  parent: string,
  name: string,
  fields: Partial<Entity> = {},
): Entity => ({
  ...{ id: uuid(at), type: 'agent_capability', name, parent, embedding: null, confidence: 0.9 },
  ...fields,
});
export const decision = (at: number, name: string, fields: Partial<Entity> = {}): Entity => ({
  ...{ id: uuid(at), type: 'caws_provenance', name, parent: null, embedding: null, confidence: null },
  ...fields,
});
export const edge = (source: string, target: string, confidence = 0.9): Edge => ({
  ...{ source, target, type: 'VALIDATES', directional: false, confidence },
});

/** A row that a search finds. */
export interface Found {
  readonly entity_id: string;
  readonly entity_type: string;
  readonly name: string;
  readonly relevance_score: string;
  readonly source: string;
  readonly hop_distance: number;
  readonly parent_id: string | null;
}

/** What is searched for; what is missing is the function's own default. */
export interface Search {
  readonly embedding?: readonly number[] | null;
  readonly text?: string | null;
  readonly limit?: number | null;
  readonly hops?: number | null;
  readonly types?: readonly string[] | null;
  readonly tenant?: string | null;
  readonly confidence?: number | null;
}

/** The call, with all its parameters. */
export const CALL = 'hybrid_search($1, $2, $3, $4, $5::text[]::varchar[], $6, $7)';

/** Their values. */
export function parametersOf({ embedding, text, limit, hops, types, tenant, confidence }: Search): unknown[] {
  const number = (value: number | null | undefined, otherwise: number): number | null =>
    value === undefined ? otherwise : value;
  return [
    ...[embedding ? vectorText(embedding) : null, text ?? null, number(limit, 10), number(hops, 2)],
    ...[types ?? null, tenant ?? null, number(confidence, 0.5)],
  ];
}

/** Searches as the application. */
export const searchWorld = (
  application: SqlSession,
  tenant: string | undefined,
  what: Search,
): Promise<Found[]> =>
  undone(application, tenant, async () => {
    const { rows } = await application.query(`select * from ${CALL}`, parametersOf(what));
    return rows as unknown as Found[];
  });
