import { useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  cleanUpSimilarities,
  demonstrateCapabilities,
  getCachedSimilarity,
  putSimilarities,
  type SimilarityInput,
} from '../../src/index.ts';
import { demonstration, registerAgents, uuidOf, vectorOf } from '../support/fixtures.ts';

const app = useApplication(testDatabase());
let tenant = '';
let other = '';
let ids: string[] = [];
let foreign = '';
const cosineOf = (a: number, b: number) => (a * b + 1) / Math.sqrt((a ** 2 + 1) * (b ** 2 + 1));

/** Capabilities whose vectors are (0, …, 1), (1, …, 1), …; the last of them has none. */
beforeAll(async () => {
  [tenant = '', other = ''] = await app.newTenants(2);
  for (const id of [other, tenant]) {
    const stored = await app.inTenant(id, async (tx) => {
      await registerAgents(tx, ['a']);
      return demonstrateCapabilities(
        tx,
        [0, 1, 2, 3, undefined].map((value) =>
          demonstration({
            name: `skill ${value}`,
            embedding: value === undefined ? undefined : vectorOf(value),
          }),
        ),
      );
    });
    foreign = ids[0] ?? '';
    ids = stored.map((row) => row.id);
  }
});

const idOf = (place: number): string => ids[place] ?? '';
const put = (...pairs: SimilarityInput[]) => app.inTenant(tenant, (tx) => putSimilarities(tx, pairs));
const cached = (first: number, second: number, maxAgeHours?: number) =>
  app.inTenant(tenant, (tx) =>
    getCachedSimilarity(tx, {
      ...{ firstId: idOf(first), secondId: idOf(second) },
      ...(maxAgeHours !== undefined && { maxAgeHours }),
    }),
  );
const embed = (place: number, value: number) =>
  demonstration({ name: `skill ${place}`, embedding: vectorOf(value) });
const pair = (first: number, second: number, fields: Partial<SimilarityInput> = {}): SimilarityInput => ({
  ...{ firstId: idOf(first), secondId: idOf(second), ...fields },
});

describe('putSimilarities and getCachedSimilarity', () => {
  it('compute cosines once a pair, in either order, and know them from then on', async () => {
    await expect(cached(0, 1)).resolves.toBeUndefined();
    const stored = await put(pair(0, 1), pair(1, 0), pair(2, 1), pair(0, 4));
    expect(stored.map(({ cosine }) => cosine).toSorted()).toEqual(
      [cosineOf(0, 1), cosineOf(1, 2)].map((cosine) => Math.round(cosine * 1e4) / 1e4),
    );
    for (const { capabilityIds } of stored) expect(capabilityIds[0] < capabilityIds[1]).toBe(true);
    await expect(cached(1, 0)).resolves.toBe(0.7071);
    await expect(cached(0, 2)).resolves.toBeUndefined();
    await expect(put()).resolves.toEqual([]);
  });
  it('forget by age: the tenant’s setting, or what is asked for', async () => {
    await put(pair(0, 2, { semanticSimilarity: -0.1234, method: 'judge' }));
    await app.inTenant(tenant, (tx) =>
      sql`update entity_similarity_cache set computed_at = now() - interval '25 hours'`.execute(tx),
    );
    await expect(cached(0, 2)).resolves.toBeUndefined();
    await expect(cached(0, 2, 26)).resolves.toBe(0.4472);
    await app.inTenant(tenant, (tx) =>
      tx
        .updateTable('graph_config')
        .set({ value: '48' })
        .where('key', '=', 'cache_similarity_ttl_hours')
        .execute(),
    );
    await expect(cached(0, 2)).resolves.toBe(0.4472);
    await put(pair(2, 0));
    await expect(cached(0, 2, 1)).resolves.toBe(0.4472);
    const clean = (olderThanDays?: number) =>
      app.inTenant(tenant, (tx) =>
        cleanUpSimilarities(tx, olderThanDays === undefined ? {} : { olderThanDays }),
      );
    await expect(clean()).resolves.toEqual({ deleted: 0 });
    await expect(clean(1)).resolves.toEqual({ deleted: 2 });
    await expect(cached(0, 2)).resolves.toBe(0.4472);
  });
  it('refuse bad input, what is not there, and another tenant’s', async () => {
    for (const unknown of [uuidOf(1), foreign])
      await expect(put(pair(0, 1), pair(0, 1, { secondId: unknown }))).rejects.toMatchObject({
        code: 'CAPABILITY_NOT_FOUND',
      });
    await expect(
      put(pair(0, 0), pair(0, 1, { semanticSimilarity: 0.12345 }), pair(0, 1, { firstId: 'x' })),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/0: a capability is not compared with itself.*1\.semanticSimilarity.*2\.firstId/),
    });
    await expect(
      app.inTenant(tenant, (tx) => cleanUpSimilarities(tx, { olderThanDays: -1 })),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(
      app.inTenant(other, (tx) => getCachedSimilarity(tx, { firstId: idOf(0), secondId: idOf(1) })),
    ).resolves.toBeUndefined();
  });
});

describe('a cached similarity, when its embedding changes at the same moment', () => {
  /** A transaction that stays open until it is told to go on. */
  async function held(work: Parameters<typeof app.inTenant>[1]) {
    let commit = (): void => undefined;
    const until = new Promise<void>((resolve) => (commit = resolve));
    let begun = (): void => undefined;
    const done = new Promise<void>((resolve) => (begun = resolve));
    const ended = app.inTenant(tenant, async (tx) => {
      await work(tx);
      begun();
      await until;
    });
    await Promise.race([done, ended]);
    return { commit, ended };
  }
  const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
    const isWaiting = Symbol('waiting');
    return (
      (await Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve(isWaiting), 100))])) !==
      isWaiting
    );
  };
  it('goes with the old embedding, when it was computed before', async () => {
    const computing = await held((tx) => putSimilarities(tx, [pair(1, 3)]));
    const changing = app.inTenant(tenant, (tx) => demonstrateCapabilities(tx, [embed(3, -3)]));
    await expect(isSettled(changing)).resolves.toBe(false);
    computing.commit();
    await Promise.all([computing.ended, changing]);
    await expect(cached(1, 3)).resolves.toBeUndefined();
  });
  it('is of the new embedding, when it was computed after', async () => {
    const changing = await held((tx) => demonstrateCapabilities(tx, [embed(3, 7)]));
    const computing = put(pair(1, 3));
    await expect(isSettled(computing)).resolves.toBe(false);
    changing.commit();
    await Promise.all([changing.ended, computing]);
    await expect(cached(1, 3)).resolves.toBe(Math.round(cosineOf(1, 7) * 1e4) / 1e4);
  });
  it('is never of another embedding than the stored one, whoever writes', async () => {
    await Promise.all(
      Array.from({ length: 24 }, (_, round) =>
        round % 3 === 0
          ? app.inTenant(tenant, (tx) => demonstrateCapabilities(tx, [embed(2, round), embed(1, -round)]))
          : put(pair(1, 2), pair(2, 3)),
      ),
    );
    await app.inTenant(tenant, async (tx) => {
      const { rows } = await sql<{ stale: number; all: number }>`
        select
          count(*) filter (where cosine_similarity <> round((1 - (one.embedding <=> two.embedding))::numeric, 4))::integer as stale,
          count(*)::integer as all
        from entity_similarity_cache as cached
        join agent_capabilities_graph as one on one.tenant_id = cached.tenant_id and one.id = cached.entity1_id
        join agent_capabilities_graph as two on two.tenant_id = cached.tenant_id and two.id = cached.entity2_id
      `.execute(tx);
      expect(rows[0]?.stale).toBe(0);
    });
  });
});
