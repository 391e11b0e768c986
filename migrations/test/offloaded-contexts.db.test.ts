import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { become, outcomeOf, undone } from './support/undone.ts';
import { axis, vectorText } from './support/vectors.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const CONTEXT = {
  ...{ id: crypto.randomUUID(), summary: 'Talk', summary_embedding: vectorText(axis(0)) },
  ...{ original_size_bytes: 1000, compressed_size_bytes: 1000, storage_location: 'file:///1' },
  ...{ compression: 'zstd', storage_checksum: 'ab'.repeat(32), access_count: 1, last_accessed: '2025-01-01' },
};
const insert = (row: Row): Promise<void> =>
  undone(application, 'acme', () => insertRows(application, 'offloaded_contexts', [row]));

describe.skipIf(database.kind === 'pglite')('offloaded_contexts', () => {
  it.each([
    { summary_embedding: null },
    { access_count: 0, last_accessed: null },
    { compressed_size_bytes: 1 },
    { original_size_bytes: 2_147_483_647 },
    { content: '\\x00', storage_location: null },
    { content_key_id: crypto.randomUUID() },
    { compression: 'none' },
  ])('takes %j', async (fields) => {
    await insert({ ...CONTEXT, ...fields });
  });

  it.each([
    [{ summary: '' }, '23514'],
    [{ summary: null }, '23502'],
    [{ summary_embedding: '[1,2]' }, '22000'],
    [{ summary_embedding: vectorText(axis(0).map(() => 0)) }, '23514'],
    [{ compressed_size_bytes: 1001 }, '23514'],
    [{ compressed_size_bytes: 0 }, '23514'],
    [{ compressed_size_bytes: -1 }, '23514'],
    [{ original_size_bytes: 0, compressed_size_bytes: 0 }, '23514'],
    [{ storage_location: '' }, '23514'],
    [{ storage_location: null }, '23514'],
    [{ content: '\\x00' }, '23514'],
    [{ content: '\\x00', storage_location: null, content_key_id: crypto.randomUUID() }, '23514'],
    [{ compression: 'lzma' }, '23514'],
    [{ compression: 'none', compressed_size_bytes: 10 }, '23514'],
    [{ storage_location: 'x'.repeat(1001) }, '22001'],
    [{ storage_checksum: 'AB'.repeat(32) }, '23514'],
    [{ storage_checksum: 'ab'.repeat(64) }, '23514'],
    [{ access_count: -1 }, '23514'],
    [{ access_count: 0 }, '23514'],
    [{ last_accessed: null }, '23514'],
    [{ compression_ratio: 3 }, '428C9'],
    [{ tenant_id: 'globex' }, '42501'],
  ])('refuses %j', async (fields, code) => {
    await expect(insert({ ...CONTEXT, ...fields })).rejects.toMatchObject({ code });
  });

  it.each([
    [1000, 1000, '1.00'],
    [1000, 3, '333.33'],
    [1000, 600, '1.67'],
    [2_147_483_647, 1, '999.99'],
    [999_994, 1000, '999.99'],
    [1_000_000, 1000, '999.99'],
  ])('computes the ratio of %s and %s bytes: %s', async (original, compressed, ratio) => {
    await undone(application, 'acme', async () => {
      await insertRows(application, 'offloaded_contexts', [
        { ...CONTEXT, original_size_bytes: original, compressed_size_bytes: compressed },
      ]);
      await expect(queryValue(application, 'select compression_ratio from offloaded_contexts')).resolves.toBe(
        ratio,
      );
    });
  });

  it('is changed and deleted by its tenant, and seen by no other', async () => {
    await undone(application, 'acme', async () => {
      await insertRows(application, 'offloaded_contexts', [CONTEXT]);
      await application.query('update offloaded_contexts set compressed_size_bytes = 10');
      await expect(
        queryOne(application, 'select compression_ratio from offloaded_contexts'),
      ).resolves.toEqual({
        compression_ratio: '100.00',
      });
      await become(application, 'globex');
      await expect(outcomeOf(application, 'select from offloaded_contexts')).resolves.toBe(0);
      await become(application, 'acme');
      await expect(outcomeOf(application, 'delete from offloaded_contexts returning 1')).resolves.toBe(1);
    });
  });
});
