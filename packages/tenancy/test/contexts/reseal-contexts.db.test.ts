import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { resealStoredContents } from '../../src/contexts/reseal-stored-contents.ts';
import { resealTenant, type InTenant } from '../../src/encryption/reseal.ts';
import { destroyDataKey, listDataKeys, rotateDataKey } from '../../src/encryption/tenant-keys.ts';
import { newEncryptedTenant, switchEncryption } from '../encryption/support/encrypted-tenants.ts';
import { CONVERSATION, LARGE, useContexts } from './support/contexts.ts';

const app = useApplication(testDatabase());
const contexts = useContexts(app);
const { offload, load, rowsOf, locationsOf } = contexts;
const inTenant =
  (tenantId: string): InTenant =>
  (work) =>
    app.inTenant(tenantId, work);

describe.skipIf(app.database.kind === 'pglite')('the keys of contexts', () => {
  const rotate = (tenantId: string) =>
    app.inTenant(tenantId, (tx) => rotateDataKey(tx, contexts.options().keyRing));
  const destroy = (tenantId: string, keyId: string) =>
    app.inTenant(tenantId, (tx) => destroyDataKey(tx, keyId));
  const resealStored = (tenantId: string) => resealStoredContents(inTenant(tenantId), contexts.options());

  it('are rotated, in the rows and in the storage, and the old one destroyed', async () => {
    const tenant = await newEncryptedTenant(app);
    const [small, large] = [await offload(tenant), await offload(tenant, { content: LARGE })];
    const [old] = await app.inTenant(tenant, listDataKeys);
    await rotate(tenant);
    await expect(destroy(tenant, old?.id ?? '')).rejects.toMatchObject({
      code: 'KEY_IN_USE',
      details: { values: 4 },
    });
    expect(await resealTenant(inTenant(tenant), contexts.options().keyRing)).toMatchObject([
      { column: 'summary', resealed: 2 },
      { column: 'content', resealed: 1 },
    ]);
    await expect(destroy(tenant, old?.id ?? '')).rejects.toMatchObject({
      code: 'KEY_IN_USE',
      details: { values: 1 },
    });
    expect(await resealStored(tenant)).toBe(1);
    expect(await resealStored(tenant)).toBe(0);
    await destroy(tenant, old?.id ?? '');
    expect((await load(tenant, small.id)).content.toString()).toBe(CONVERSATION);
    expect((await load(tenant, large.id)).content.equals(LARGE)).toBe(true);
    expect(await locationsOf(tenant)).toHaveLength(1);
  });

  it('come and go with encryption', async () => {
    const tenant = await app.newTenant();
    const [small, large] = [await offload(tenant), await offload(tenant, { content: LARGE })];
    for (const [isEnabled, keyCount] of [
      [true, 1],
      [false, 0],
    ] as const) {
      await switchEncryption(app, tenant, isEnabled);
      await resealTenant(inTenant(tenant), contexts.options().keyRing);
      expect(await resealStored(tenant)).toBe(1);
      const row = (await rowsOf(tenant)).find(({ content }) => content === null);
      expect(row?.content_key_id === null ? 0 : 1).toBe(keyCount);
      expect((await load(tenant, small.id)).content.toString()).toBe(CONVERSATION);
      expect((await load(tenant, large.id)).content.equals(LARGE)).toBe(true);
    }
  });

  it('leave what lies in the storage as it was when the transaction fails', async () => {
    const tenant = await newEncryptedTenant(app);
    const { id } = await offload(tenant, { content: LARGE });
    await rotate(tenant);
    const failing: InTenant = (work) =>
      app.inTenant(tenant, async (tx) => {
        await work(tx);
        throw new Error('killed');
      });
    await expect(resealStoredContents(failing, contexts.options())).rejects.toThrow('killed');
    expect((await load(tenant, id)).content.equals(LARGE)).toBe(true);
  });
});
