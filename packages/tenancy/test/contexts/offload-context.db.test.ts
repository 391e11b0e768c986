import { randomBytes } from 'node:crypto';
import { useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextToOffload } from '../../src/contexts/context-input.ts';
import { loadContext } from '../../src/contexts/load-context.ts';
import { checksumOf, offloadContext } from '../../src/contexts/offload-context.ts';
import { newEncryptedTenant } from '../encryption/support/encrypted-tenants.ts';
import { axis, CONVERSATION, LARGE, useContexts } from './support/contexts.ts';

const app = useApplication(testDatabase());
const contexts = useContexts(app);
const { offload, load, run, rowsOf, onlyRow } = contexts;

describe.skipIf(app.database.kind === 'pglite')('offloadContext', () => {
  it('stores the content compressed, and gives it back', async () => {
    const tenant = await app.newTenant();
    const stored = await offload(tenant);
    expect(stored).toMatchObject({
      compression: 'zstd',
      originalSizeBytes: 11_000,
      storageLocation: undefined,
    });
    expect(stored.compressedSizeBytes).toBeLessThan(200);
    const row = await onlyRow(tenant);
    expect(row.content).toHaveLength('OPEN'.length + 32 + stored.compressedSizeBytes);
    expect(row.summary).toBe('open:Talk about an invoice');
    expect(await load(tenant, stored.id)).toEqual({
      id: stored.id,
      content: Buffer.from(CONVERSATION),
      summary: 'Talk about an invoice',
      accessCount: 1,
    });
  });

  it('stores nothing legible for a tenant with encryption, but for what the docs say', async () => {
    const tenant = await newEncryptedTenant(app);
    const { id, compressedSizeBytes } = await offload(tenant, { summaryEmbedding: axis(1) });
    const row = await onlyRow(tenant);
    expect(row.summary).toMatch(/^seal:/);
    expect(row.content?.subarray(0, 4).toString()).toBe('SEAL');
    // Its size is legible.
    expect(row.content).toHaveLength(61 + 32 + compressedSizeBytes);
    expect(row.storage_checksum).toBe(checksumOf(row.content ?? Buffer.alloc(0)));
    expect(await load(tenant, id)).toMatchObject({ summary: 'Talk about an invoice' });
  });

  it('stores as it is what does not become smaller', async () => {
    const tenant = await app.newTenant();
    const content = randomBytes(1000);
    const stored = await offload(tenant, { content });
    expect(stored).toMatchObject({ compression: 'none', originalSizeBytes: 1000, compressedSizeBytes: 1000 });
    expect((await load(tenant, stored.id)).content).toEqual(content);
  });

  it('gives back every content and summary, sealed or not', async () => {
    for (const tenant of [await app.newTenant(), await newEncryptedTenant(app)]) {
      const text = fc
        .string({ unit: 'grapheme', minLength: 1 })
        .map((it) => it.replaceAll('\0', '_').toWellFormed());
      await app.inTenant(tenant, (tx) =>
        fc.assert(
          fc.asyncProperty(
            text,
            fc.oneof(text, fc.uint8Array({ minLength: 1 })),
            async (summary, content) => {
              const { id } = await offloadContext(tx, { summary, content }, contexts.options());
              const loaded = await loadContext(tx, id, contexts.options());
              expect(loaded.summary).toBe(summary);
              expect(loaded.content.equals(Buffer.from(content as Uint8Array))).toBe(true);
            },
          ),
          { numRuns: 30 },
        ),
      );
    }
  });

  it.each([false, true])(
    'stores elsewhere what is too large for a row (encryption: %s)',
    async (isEncrypted) => {
      const tenant = isEncrypted ? await newEncryptedTenant(app) : await app.newTenant();
      const stored = await offload(tenant, { content: LARGE });
      expect(stored.storageLocation).toMatch(/^file:/);
      const row = await onlyRow(tenant);
      expect(row).toMatchObject({ content: null, storage_location: stored.storageLocation });
      expect(row.content_key_id !== null).toBe(isEncrypted);
      const lying = await contexts.options().storage.get(tenant, stored.storageLocation ?? '', 2_000_000);
      expect(checksumOf(lying ?? Buffer.alloc(0))).toBe(row.storage_checksum);
      expect(lying && Buffer.from(lying).includes(LARGE.subarray(0, 16))).toBe(!isEncrypted);
      expect((await load(tenant, stored.id)).content.equals(LARGE)).toBe(true);
    },
  );

  it('needs a storage for what is too large, and says so', async () => {
    const tenant = await app.newTenant();
    const { keyRing } = contexts.options();
    await expect(offload(tenant, { content: LARGE }, { keyRing })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/1048613 bytes as stored, above 1048576 it needs a storage/),
    });
    expect(await rowsOf(tenant)).toEqual([]);
    const { id } = await offload(tenant, { content: LARGE });
    await expect(load(tenant, id, { keyRing })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/lies in a storage: say in which/),
    });
  });

  it('lists every problem, and writes nothing', async () => {
    const tenant = await app.newTenant();
    const wrong = {
      content: '',
      summary: '\0',
      summaryEmbedding: new Float32Array(3),
      expiresAt: new Date(0),
    };
    await expect(offload(tenant, wrong)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(
        /content must not be empty.*summary must not contain NUL.*summaryEmbedding must have 768.*expiresAt must be in the future/,
      ),
    });
    expect(await rowsOf(tenant)).toEqual([]);
  });

  it.each([
    { content: 7 },
    { content: 'half \ud83e' },
    { content: undefined },
    { summary: '' },
    { summaryEmbedding: [1, 2] },
    { expiresAt: new Date(Number.NaN) },
    { id: crypto.randomUUID() },
  ])('refuses %j', async (wrong) => {
    const tenant = await app.newTenant();
    await expect(offload(tenant, wrong as Partial<ContextToOffload>)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it.each([
    ['a summary that is too long', { summary: 'x'.repeat(10_001) }],
    ['an embedding without a direction', { summaryEmbedding: new Float32Array(768) }],
    ['an embedding that is not finite', { summaryEmbedding: axis(0, Number.NaN) }],
  ])('refuses %s', async (_what, wrong) => {
    const tenant = await app.newTenant();
    await expect(offload(tenant, wrong)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('cannot be passed by: what is not sealed is refused by the database', async () => {
    const tenant = await newEncryptedTenant(app);
    const { id } = await offload(tenant);
    const large = await offload(tenant, { content: LARGE });
    for (const change of [
      `summary = 'open:text'`,
      `summary = 'text'`,
      `content = 'OPENtext'`,
      `content = 'x'`,
      `content = null, storage_location = 'file:x'`,
    ]) {
      await expect(
        run(tenant, `update offloaded_contexts set ${change} where id = '${id}'`),
      ).rejects.toMatchObject({
        code: 'QUERY_FAILED',
        details: { sqlState: 'AAENC' },
        message: matching(/offloaded_contexts: the tenant's encryption is on/),
      });
    }
    await expect(
      run(tenant, `update offloaded_contexts set content_key_id = null where id = '${large.id}'`),
    ).rejects.toMatchObject({ details: { sqlState: 'AAENC' } });
    await run(tenant, `update offloaded_contexts set access_count = 5, last_accessed = now()`);
  });
});
