import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import {
  deleteContext,
  purgeExpiredContexts,
  removeStoredContents,
  sweepContextStorage,
} from '../../src/contexts/delete-contexts.ts';
import { offloadContext } from '../../src/contexts/offload-context.ts';
import { LARGE, useContexts } from './support/contexts.ts';

const app = useApplication(testDatabase());
const contexts = useContexts(app);
const { offload, load, list, run, rowsOf, locationsOf } = contexts;

describe.skipIf(app.database.kind === 'pglite')('deleteContext', () => {
  const remove = (tenantId: string, id: string) => app.inTenant(tenantId, (tx) => deleteContext(tx, id));

  it('deletes the row, and says what is left in the storage', async () => {
    const [tenant, other] = [await app.newTenant(), await app.newTenant()];
    const [small, large] = [await offload(tenant), await offload(tenant, { content: LARGE })];
    await expect(remove(other, small.id)).rejects.toMatchObject({ code: 'CONTEXT_NOT_FOUND' });
    expect(await remove(tenant, small.id)).toEqual({ deleted: 1, orphans: [] });
    const { orphans } = await remove(tenant, large.id);
    expect(orphans).toEqual([large.storageLocation]);
    await removeStoredContents(contexts.options().storage, tenant, orphans);
    expect(await locationsOf(tenant)).toEqual([]);
    await expect(remove(tenant, large.id)).rejects.toMatchObject({ code: 'CONTEXT_NOT_FOUND' });
  });
});

describe.skipIf(app.database.kind === 'pglite')('purgeExpiredContexts', () => {
  it('deletes what has expired, the longest expired first, and nothing else', async () => {
    const [tenant, other] = [await app.newTenant(), await app.newTenant()];
    const kept = await offload(tenant);
    const later = await offload(tenant, { expiresAt: new Date(Date.now() + 60_000) });
    for (const owner of [tenant, tenant, tenant, other]) {
      const { id } = await offload(owner, { expiresAt: new Date(Date.now() + 60_000), content: LARGE });
      await run(
        owner,
        `update offloaded_contexts set expires_at = now() - interval '1 day' where id = '${id}'`,
      );
    }
    const purge = () => app.inTenant(tenant, (tx) => purgeExpiredContexts(tx, { limit: 2 }));
    const [first, second, third] = [await purge(), await purge(), await purge()];
    expect([first.deleted, second.deleted, third.deleted]).toEqual([2, 1, 0]);
    expect([...first.orphans, ...second.orphans].toSorted()).toEqual((await locationsOf(tenant)).toSorted());
    expect((await list(tenant)).contexts.map(({ id }) => id).toSorted()).toEqual(
      [kept.id, later.id].toSorted(),
    );
    expect(await rowsOf(other)).toHaveLength(1);
  });
});

describe.skipIf(app.database.kind === 'pglite')('sweepContextStorage', () => {
  const sweep = (tenantId: string, minAgeMs: number) =>
    app.inTenant(tenantId, (tx) => sweepContextStorage(tx, contexts.options().storage, { minAgeMs }));

  it('removes what a transaction left that was rolled back, and nothing that a row knows', async () => {
    const tenant = await app.newTenant();
    const { id } = await offload(tenant, { content: LARGE });
    const rolledBack = app.inTenant(tenant, async (tx) => {
      await offloadContext(tx, { content: LARGE, summary: 'x' }, contexts.options());
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    expect(await locationsOf(tenant)).toHaveLength(2);
    expect(await sweep(tenant, 60_000)).toBe(0);
    expect(await sweep(tenant, 0)).toBe(1);
    expect((await load(tenant, id)).content.equals(LARGE)).toBe(true);
  });
});
