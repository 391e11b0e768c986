import type { TenantTransaction } from '@agent-agency/db-core';
import { explainStatements, useApplication } from '@agent-agency/db-core/testing';
import { settlePlans } from '@agent-agency/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { findContexts, listContexts } from '../../src/contexts/find-contexts.ts';
import { offloadContext } from '../../src/contexts/offload-context.ts';
import { asAdministrator, newEncryptedTenant } from '../encryption/support/encrypted-tenants.ts';
import { axis, useContexts } from './support/contexts.ts';

const app = useApplication(testDatabase());
const contexts = useContexts(app);
const { offload, load, list, run } = contexts;

describe.skipIf(app.database.kind === 'pglite')('findContexts', () => {
  const find = (tenantId: string, embedding: Float32Array, limit = 10) =>
    app.inTenant(tenantId, (tx) => findContexts(tx, { embedding, limit }, contexts.options()));

  it('finds the nearest of the tenant, exactly, nearest first', async () => {
    const [mine, theirs] = [await newEncryptedTenant(app), await app.newTenant()];
    const towards = (at: number): Float32Array => axis(0).map((value, place) => (place === 1 ? at : value));
    for (const at of [3, 1, 4, 0, 2]) {
      await offload(mine, { summary: `at ${at}`, summaryEmbedding: towards(at) });
      await offload(theirs, { summary: 'theirs', summaryEmbedding: towards(at) });
    }
    await offload(mine, { summary: 'without an embedding' });
    const found = await find(mine, axis(0), 4);
    expect(found.map(({ summary }) => summary)).toEqual(['at 0', 'at 1', 'at 2', 'at 3']);
    for (const [at, { distance }] of found.entries())
      expect(distance).toBeCloseTo(1 - 1 / Math.hypot(1, at), 6);
    expect(await find(mine, axis(0), 1)).toHaveLength(1);
  });

  it('leaves out what has expired', async () => {
    const tenant = await app.newTenant();
    await offload(tenant, { summaryEmbedding: axis(0), expiresAt: new Date(Date.now() + 60_000) });
    expect(await find(tenant, axis(0))).toHaveLength(1);
    await run(tenant, `update offloaded_contexts set expires_at = now()`);
    expect(await find(tenant, axis(0))).toEqual([]);
    expect((await list(tenant)).contexts).toEqual([]);
  });

  it('uses an index of the tenant, not the approximate one', async () => {
    const [tenant, crowd] = [await app.newTenant(), await app.newTenant()];
    for (let at = 0; at < 5; at += 1) await offload(tenant, { summaryEmbedding: axis(at) });
    await app.inTenant(crowd, (tx) =>
      sql`
        insert into offloaded_contexts (
          summary, summary_embedding, content, original_size_bytes, compressed_size_bytes, storage_checksum
        )
        select 'open:x', ('[' || number || repeat(',0', 767) || ']')::vector, 'OPENx', 1, 1, repeat('0', 64)
        from generate_series(1, 400) as number
      `.execute(tx),
    );
    await asAdministrator(app, settlePlans);
    const plan = (work: (tx: TenantTransaction) => Promise<unknown>) =>
      app.inTenant(tenant, (tx) => explainStatements(tx, work));
    const plans = [
      ...(await plan((tx) => findContexts(tx, { embedding: axis(0) }))),
      ...(await plan((tx) => listContexts(tx))),
    ];
    for (const nodes of plans) {
      const scans = nodes.filter(
        (node) => node['Node Type'].includes('Scan') && node['Index Name'] !== undefined,
      );
      expect(scans.map((node) => node['Index Cond'])).toEqual([matching(/tenant_id/)]);
    }
    expect(plans).toHaveLength(2);
  });

  it.each([
    ['another length', { embedding: new Float32Array(2) }],
    ['no place', { embedding: axis(0), limit: 0 }],
    ['too many places', { embedding: axis(0), limit: 1001 }],
  ])('refuses a query with %s', async (_what, query) => {
    const tenant = await app.newTenant();
    const refused = app.inTenant(tenant, (tx) => findContexts(tx, query));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe.skipIf(app.database.kind === 'pglite')('listContexts', () => {
  it('gives every context once, newest first, page by page', async () => {
    const tenant = await newEncryptedTenant(app);
    // Two of each transaction have the same instant.
    for (const at of [0, 1, 2, 3]) {
      await app.inTenant(tenant, async (tx) => {
        for (const half of ['a', 'b']) {
          await offloadContext(tx, { content: 'x', summary: `${at}${half}` }, contexts.options());
        }
      });
    }
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = { limit: 3, ...(after === undefined ? {} : { after }) };
      const listed = await app.inTenant(tenant, (tx) => listContexts(tx, page, contexts.options()));
      pages.push(listed.contexts.map(({ summary }) => summary));
      after = listed.next;
    } while (after !== undefined);
    expect(pages.map((page) => page.map((summary) => summary.slice(0, 1)).join(''))).toEqual([
      '332',
      '211',
      '00',
    ]);
    expect(new Set(pages.flat()).size).toBe(8);
  });

  it('says of a context all but its content', async () => {
    const tenant = await app.newTenant();
    const expiresAt = new Date(Date.now() + 60_000);
    const { id } = await offload(tenant, { expiresAt });
    await load(tenant, id);
    expect(await list(tenant)).toEqual({
      contexts: [
        {
          id,
          summary: 'Talk about an invoice',
          compression: 'zstd',
          originalSizeBytes: 11_000,
          compressedSizeBytes: expect.any(Number) as number,
          accessCount: 1,
          lastAccessedAt: expect.any(Date) as Date,
          createdAt: expect.any(Date) as Date,
          expiresAt,
        },
      ],
      next: undefined,
    });
  });

  it.each([{ after: 'x' }, { after: "1.' or true" }, { after: `1.${'-'.repeat(36)}` }, { limit: 0 }])(
    'refuses %j',
    async (page) => {
      const tenant = await app.newTenant();
      await expect(app.inTenant(tenant, (tx) => listContexts(tx, page))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    },
  );
});
