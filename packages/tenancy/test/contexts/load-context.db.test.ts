import { zstdCompressSync } from 'node:zlib';
import { useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { loadContext } from '../../src/contexts/load-context.ts';
import { checksumOf, digestOf } from '../../src/contexts/offload-context.ts';
import type { InTenant } from '../../src/encryption/reseal.ts';
import { destroyTenantKey } from '../../src/encryption/tenant-keys.ts';
import { newEncryptedTenant } from '../encryption/support/encrypted-tenants.ts';
import { CONVERSATION, LARGE, useContexts } from './support/contexts.ts';

const app = useApplication(testDatabase());
const contexts = useContexts(app);
const { offload, load, list, run, onlyRow } = contexts;
const inTenant =
  (tenantId: string): InTenant =>
  (work) =>
    app.inTenant(tenantId, work);

describe.skipIf(app.database.kind === 'pglite')('loadContext', () => {
  it('counts every access, unless it is asked not to', async () => {
    const tenant = await app.newTenant();
    const { id } = await offload(tenant);
    expect(await onlyRow(tenant)).toMatchObject({ access_count: 0, last_accessed: null });
    await Promise.all(Array.from({ length: 4 }, () => load(tenant, id)));
    expect(await load(tenant, id, { ...contexts.options(), countsAccess: false })).toMatchObject({
      accessCount: 4,
    });
    expect(await onlyRow(tenant)).toMatchObject({ access_count: 4, last_accessed: expect.any(Date) as Date });
  });

  it('works in a transaction that may only read', async () => {
    const tenant = await newEncryptedTenant(app);
    const { id } = await offload(tenant);
    const loaded = app.manager.withTenant(
      { tenantId: tenant },
      (tx) => loadContext(tx, id, { ...contexts.options(), countsAccess: false }),
      { readOnly: true },
    );
    expect((await loaded).content.toString()).toBe(CONVERSATION);
  });

  it("finds none that is another tenant's, expired, or not there", async () => {
    const [mine, theirs] = await app.newTenants(2);
    const { id } = await offload(theirs ?? '');
    const expired = await offload(mine ?? '', { expiresAt: new Date(Date.now() + 60_000) });
    await run(mine ?? '', `update offloaded_contexts set expires_at = now() - interval '1 second'`);
    for (const missing of [id, expired.id, crypto.randomUUID()]) {
      await expect(load(mine ?? '', missing)).rejects.toMatchObject({
        code: 'CONTEXT_NOT_FOUND',
        message: matching(new RegExp(missing)),
      });
    }
    await expect(load(mine ?? '', 'one')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it.each([
    [`content = set_byte(content, 20, get_byte(content, 20) # 1)`, /its checksum is another/],
    [
      `content = substr(content, 1, 70), storage_checksum = encode(sha256(substr(content, 1, 70)), 'hex')`,
      /its (seal is broken|size is another)/,
    ],
    [`storage_checksum = repeat('0', 64)`, /its checksum is another/],
    [`original_size_bytes = original_size_bytes + 1`, /does not decompress to what it was/],
    [`original_size_bytes = compressed_size_bytes`, /does not decompress to what it was/],
    [
      `original_size_bytes = compressed_size_bytes, compression = 'none'`,
      /does not decompress to what it was/,
    ],
    [`compressed_size_bytes = compressed_size_bytes + 1`, /its size is another/],
  ])('refuses a context after %s', async (change, problem) => {
    for (const tenant of [await app.newTenant(), await newEncryptedTenant(app)]) {
      const { id } = await offload(tenant);
      await run(tenant, `update offloaded_contexts set ${change}`);
      const refused = load(tenant, id);
      await expect(refused).rejects.toMatchObject({
        code: 'CONTEXT_CORRUPTED',
        retryable: false,
        details: { contextId: id },
        message: matching(problem),
      });
      await expect(refused).rejects.toMatchObject({ message: matching(new RegExp(id)) });
      await refused.catch((error: unknown) => {
        expect(String(error)).not.toMatch(/invoice/);
      });
      expect(await onlyRow(tenant)).toMatchObject({ access_count: 0 });
    }
  });

  it('refuses the content and the summary of another row, sealed for that', async () => {
    const tenant = await newEncryptedTenant(app);
    const [one, other] = [await offload(tenant), await offload(tenant, { summary: 'Talk about a house!!!' })];
    for (const columns of ['summary', 'content, storage_checksum, compressed_size_bytes']) {
      await run(
        tenant,
        `update offloaded_contexts set (${columns}) = (select ${columns} from offloaded_contexts where id = '${other.id}') where id = '${one.id}'`,
      );
      await expect(load(tenant, one.id)).rejects.toMatchObject({
        code: 'CONTEXT_CORRUPTED',
        message: matching(/its seal is broken/),
        cause: { code: 'VALUE_UNREADABLE' },
      });
    }
  });

  it('does not unpack a bomb', async () => {
    const tenant = await app.newTenant();
    const { id } = await offload(tenant);
    const bomb = Buffer.concat([
      Buffer.from('OPEN'),
      digestOf(LARGE),
      zstdCompressSync(Buffer.alloc(256 * 1024 * 1024)),
    ]);
    await app.inTenant(tenant, (tx) =>
      sql`
        update offloaded_contexts
        set content = ${bomb}, storage_checksum = ${checksumOf(bomb)}, compressed_size_bytes = ${bomb.length - 36},
          original_size_bytes = ${bomb.length}
      `.execute(tx),
    );
    const before = process.memoryUsage().arrayBuffers;
    await expect(load(tenant, id)).rejects.toMatchObject({ code: 'CONTEXT_CORRUPTED' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  it('says when what lies elsewhere is gone, or is another', async () => {
    const tenant = await newEncryptedTenant(app);
    const [one, other] = [
      await offload(tenant, { content: LARGE }),
      await offload(tenant, { content: LARGE }),
    ];
    await run(
      tenant,
      `update offloaded_contexts set storage_location = '${other.storageLocation ?? ''}' where id = '${one.id}'`,
    );
    await expect(load(tenant, one.id)).rejects.toMatchObject({
      code: 'CONTEXT_CORRUPTED',
      message: matching(/checksum/),
    });
    await contexts.options().storage.remove(tenant, other.storageLocation ?? '');
    await expect(load(tenant, other.id)).rejects.toMatchObject({
      code: 'CONTEXT_CORRUPTED',
      message: matching(/not in the storage/),
    });
  });

  it('tells a key that is destroyed from a context that is damaged', async () => {
    const tenant = await newEncryptedTenant(app);
    const { id } = await offload(tenant);
    await destroyTenantKey(inTenant(tenant), contexts.options().keyRing);
    await expect(load(tenant, id)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
    await expect(list(tenant)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
  });
});
