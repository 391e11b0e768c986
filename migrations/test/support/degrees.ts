import type { SqlSession } from '@agent-agency/testing';
import { undone } from './undone.ts';

/** Outbound, inbound and all relationships of those agents that have some. */
export type Degrees = Readonly<Record<string, number[]>>;

/** Relates agents as `a-b` (both ways) or `a>b`, in one statement. */
export async function relate(session: SqlSession, ...words: string[]): Promise<void> {
  await session.query(
    `insert into agent_relationships (source_agent_id, target_agent_id, type, is_directional, confidence)
     select left(word, 1), right(word, 1), 'VALIDATES', word ~ '>', 0.9 from unnest($1::text[]) as word`,
    [words],
  );
}

/** As the application sees them. */
export async function countedDegrees(application: SqlSession, tenant: string): Promise<Degrees> {
  const { rows } = await undone(application, tenant, () =>
    application.query(
      `select agent_id, outbound_relationships, inbound_relationships, total_relationships
       from agent_connectivity where total_relationships <> 0 order by agent_id`,
    ),
  );
  return Object.fromEntries(
    rows.map(({ agent_id, ...counts }) => [String(agent_id), Object.values(counts).map(Number)]),
  );
}

/** The same from the relationships, one by one. */
export async function recountDegrees(application: SqlSession, tenant: string): Promise<Degrees> {
  const { rows } = await undone(application, tenant, () =>
    application.query(
      `select source_agent_id as source, target_agent_id as target, is_directional as directional
       from agent_relationships where valid_from <= now() and valid_to > now()`,
    ),
  );
  const degrees: Record<string, number[]> = {};
  const add = (agent: unknown, isOut: boolean, isIn: boolean): void => {
    const [out = 0, into = 0, all = 0] = degrees[String(agent)] ?? [];
    degrees[String(agent)] = [out + Number(isOut), into + Number(isIn), all + 1];
  };
  for (const { source, target, directional } of rows) {
    add(source, true, directional !== true);
    add(target, directional !== true, true);
  }
  return degrees;
}
