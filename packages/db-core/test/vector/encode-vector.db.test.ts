import { testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  configFromEnv,
  encodeVector,
  encodeVectors,
  parseConfig,
  withAdministratorConnection,
} from '../../src/index.ts';
import { useApplication } from '../../src/testing.ts';
import { literalOf, vectors } from '../support/vectors.ts';

const app = useApplication(testDatabase());
let tenant = '';

beforeAll(async () => {
  tenant = await app.newTenant();
  const config = parseConfig(configFromEnv({ DATABASE_URL: app.database.url }));
  await withAdministratorConnection(config, async ({ query }) => {
    await query('create table samples (id integer primary key, embedding vector(2))');
    await query('grant select, insert, update, delete on samples to agent_agency_app');
  });
});

describe('encodeVector', () => {
  it('is bit for bit what the literal is', async () => {
    await app.inTenant(tenant, (tx) =>
      fc.assert(
        fc.asyncProperty(vectors(40), async (vector) => {
          const { rows } = await sql<{ binary: Buffer; literal: Buffer }>`
            select
              vector_send(${encodeVector(vector)}) as binary,
              vector_send(${literalOf(vector)}::vector) as literal
          `.execute(tx);
          expect(rows).toEqual([{ binary: encodeVector(vector), literal: encodeVector(vector) }]);
        }),
        { numRuns: 200 },
      ),
    );
  });

  it('is a parameter wherever the server infers or is told its type', async () => {
    const nearest = await app.inTenant(tenant, async (tx) => {
      await sql`insert into samples values (1, ${encodeVector([1, 0])}), (2, ${encodeVector([0, 1])}), (3, ${null})`.execute(
        tx,
      );
      await sql`update samples set embedding = ${encodeVector([0, -1])} where embedding = ${encodeVector([0, 1])}`.execute(
        tx,
      );
      const { rows } = await sql<{ id: number }>`
        select id from samples
        where embedding <-> ${encodeVector([0, -1])} < 2
        order by embedding <=> ${encodeVector([1, 3], 2)}::vector
      `.execute(tx);
      await sql`delete from samples`.execute(tx);
      return rows;
    });
    expect(nearest).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('has to fit the column', async () => {
    const insert = app.inTenant(tenant, (tx) =>
      sql`insert into samples values (4, ${encodeVector([1])})`.execute(tx),
    );
    await expect(insert).rejects.toMatchObject({ details: { sqlState: '22000' } });
  });
});

describe('encodeVectors', () => {
  it('is an array whose elements are bit for bit those vectors, and nulls', async () => {
    const lists = fc.array(fc.option(vectors(5)), { maxLength: 10 });
    await app.inTenant(tenant, (tx) =>
      fc.assert(
        fc.asyncProperty(lists, async (list) => {
          const { rows } = await sql<{ sent: Buffer | null }>`
            select vector_send(given.embedding) as sent
            from unnest(${encodeVectors(list)}::vector[]) with ordinality as given (embedding, place)
            order by place
          `.execute(tx);
          expect(rows.map(({ sent }) => sent)).toEqual(
            list.map((vector) => (vector === null ? null : encodeVector(vector))),
          );
        }),
        { numRuns: 200 },
      ),
    );
  });

  it('inserts rows beside arrays of other types', async () => {
    const rows = await app.inTenant(tenant, async (tx) => {
      const inserted = await sql<{ id: number; embedding: string | null }>`
        insert into samples (id, embedding)
        select id, embedding
        from unnest(${[5, 6, 7]}::integer[], ${encodeVectors([[1, 2], undefined, [3, 4]], 2)}::vector[])
          as given (id, embedding)
        returning id, embedding
      `.execute(tx);
      return inserted.rows;
    });
    expect(rows).toEqual([
      { id: 5, embedding: '[1,2]' },
      { id: 6, embedding: null },
      { id: 7, embedding: '[3,4]' },
    ]);
  });
});
