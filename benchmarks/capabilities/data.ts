import { demonstrateCapabilities, type Demonstration } from '@agent-agency/knowledge-graph';
import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { agentIds } from '../src/tenant-agents.ts';
import { seededRandom } from '../src/seeded-random.ts';

export const TENANT = 'bench';
export const AGENTS = agentIds(1000);

const DIMENSIONS = 768;
const VECTORS = 500;
const FIRST_AT = new Date('2026-01-01T00:00:00Z');
const LAST_AT = new Date('2026-02-01T00:00:00Z');

const vectors = drawVectors();

function drawVectors(): readonly Float32Array[] {
  const random = seededRandom(768);
  return Array.from({ length: VECTORS }, () =>
    Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5),
  );
}

function of<T>(values: readonly T[], at: number): T {
  const value = values[at % values.length];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/** The capability of a number, as `who` shows it. */
export function showing(who: string, at: number): Demonstration & { readonly embedding: Float32Array } {
  return {
    agentId: of(AGENTS, at),
    type: 'TECHNOLOGY',
    name: `${who}: Skill ${at}`,
    count: (at % 7) + 1,
    firstAt: FIRST_AT,
    lastAt: LAST_AT,
    extractionConfidence: 0.9,
    topics: ['parser', `topic ${at % 100}`],
    embedding: of(vectors, at),
  };
}

/** A way of storing capabilities. */
export type Store = (tx: TenantTransaction, given: readonly ReturnType<typeof showing>[]) => Promise<unknown>;

export const inOneCall: Store = (tx, given) => demonstrateCapabilities(tx, given);

export const oneByOne: Store = (tx, given) => insertValues(tx, given, 1);

export const hundredByOne: Store = (tx, given) => insertValues(tx, given, 100);

async function insertValues(
  tx: TenantTransaction,
  given: Parameters<Store>[1],
  rowsAStatement: number,
): Promise<void> {
  for (let from = 0; from < given.length; from += rowsAStatement) {
    const rows = given.slice(from, from + rowsAStatement).map(
      (row) => sql`(
        ${tx.tenantId}, ${row.agentId}, ${row.type}, ${row.name}, '', ${row.count}::integer, ${row.firstAt}, ${row.lastAt},
        ${row.extractionConfidence}, round(0.70 + 0.30 * ${row.count}::integer / (${row.count}::integer + 4.0), 2),
        ${JSON.stringify({ topics: row.topics })}, ${`[${row.embedding.join()}]`}
      )`,
    );
    await sql`
      insert into agent_capabilities_graph as known (
        tenant_id, agent_id, capability_type, capability_name, canonical_name, demonstration_count, first_observed,
        last_demonstrated, extraction_confidence, confidence, metadata, embedding
      )
      values ${sql.join(rows)}
      on conflict (tenant_id, agent_id, canonical_name) do update
      set
        demonstration_count = known.demonstration_count + excluded.demonstration_count,
        confidence = round(
          0.70 + 0.30 * (known.demonstration_count + excluded.demonstration_count)
            / (known.demonstration_count + excluded.demonstration_count + 4.0), 2
        ),
        last_demonstrated = greatest(known.last_demonstrated, excluded.last_demonstrated),
        metadata = known.metadata || excluded.metadata,
        embedding = excluded.embedding
    `.execute(tx);
  }
}

/** Whether there is of `who` what was shown, `times` times, and nothing else. */
export async function isStored(
  tx: TenantTransaction,
  { who, count, times }: { readonly who: string; readonly count: number; readonly times: number },
): Promise<boolean> {
  const { rows } = await sql<StoredRow>`
    select agent_id, capability_name, demonstration_count, confidence, metadata -> 'topics' as topics, vector_send(embedding) as vector
    from agent_capabilities_graph
    where tenant_id = ${tx.tenantId} and starts_with(capability_name, ${`${who}: `})
  `.execute(tx);
  if (rows.length !== count) return false;
  const byName = new Map(rows.map((row) => [row.capability_name, row]));
  return Array.from({ length: count }, (_, at) => showing(who, at)).every((given) =>
    isOf(byName.get(given.name), given, times),
  );
}

interface StoredRow {
  readonly agent_id: string;
  readonly capability_name: string;
  readonly demonstration_count: number;
  readonly confidence: string;
  readonly topics: string[];
  /** Two numbers of 16 bits, then the vector's of 32. */
  readonly vector: Buffer;
}

function isOf(row: StoredRow | undefined, given: ReturnType<typeof showing>, times: number): boolean {
  if (row === undefined) return false;
  const n = given.count * times;
  // Of integers: a product of 0.3 and a quotient would be rounded twice.
  const confidence = Math.floor((200 * (10 * n + 28) + 10 * n + 40) / (2 * (10 * n + 40))) / 100;
  return (
    row.agent_id === given.agentId &&
    row.demonstration_count === n &&
    Number(row.confidence) === confidence &&
    row.topics.join() === given.topics.join() &&
    given.embedding.every((value, at) => row.vector.readFloatBE(4 + 4 * at) === value)
  );
}
