import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportTenant } from '../../src/transfer/export-tenant.ts';
import { listTenantTables } from '../../src/transfer/tenant-tables.ts';
import { exported, linesOf, withoutManifest } from './support/files.ts';
import { useWorld } from './support/world.ts';

const database = testDatabase();
const world = useWorld(database);

describe.skipIf(database.kind === 'pglite')('exportTenant', () => {
  beforeAll(async () => {
    await world.fill('acme');
    await world.fill('globex');
  });

  it('has nothing of another tenant in it', async () => {
    await world.asTenant(
      'globex',
      `insert into task_queue (id, task_id, task_type, description, priority)
      values (gen_random_uuid(), 'secret-of-globex', 'research', 'secret-of-globex', 5)`,
    );
    const file = await exported(world.operator, 'acme');
    expect(file.includes('secret-of-globex')).toBe(false);
    expect(file.includes('globex')).toBe(false);
    expect((await exported(world.operator, 'globex')).includes('secret-of-globex')).toBe(true);
  });

  it('names every table that has a tenant', async () => {
    const { rows } = await world.administrator.query(
      `select relname from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'tenant_id'
       where relkind in ('r', 'p') and not relispartition and relnamespace in ('public'::regnamespace, 'app'::regnamespace)
         -- They follow from agent_capabilities_graph.
         and relname not in ('capability_vectors', 'pending_vectors', 'vector_indexes')`,
    );
    const tables = await world.operator.withSystem('tests', listTenantTables);
    expect(tables.map(({ sqlName }) => sqlName.split('.')[1]).toSorted()).toEqual(
      [...rows.map(({ relname }) => String(relname)), 'tenants'].toSorted(),
    );
  });

  it('puts tables after those that they refer to', async () => {
    const names = (await world.operator.withSystem('tests', listTenantTables)).map(({ name }) => name);
    const before = (one: string, other: string) => names.indexOf(one) < names.indexOf(other);
    expect(names[0]).toBe('tenants');
    expect(before('agent_profiles', 'agent_capabilities')).toBe(true);
    expect(before('caws_provenance_graph', 'provenance_heads')).toBe(true);
  });

  it('writes values as PostgreSQL does', async () => {
    await world.asTenant(
      'acme',
      `update web_traversals set total_content_bytes = 9007199254740993, completed_at = '2025-06-01 12:00:00.000001+02'`,
    );
    const line = linesOf(await exported(world.operator, 'acme')).find((it) =>
      it.startsWith('{"table":"web_traversals"'),
    );
    const { row } = JSON.parse(line ?? '') as { row: Record<string, string | null> };
    expect(row).toMatchObject({
      total_content_bytes: '9007199254740993',
      completed_at: '2025-06-01 10:00:00.000001+00',
      same_domain_only: 't',
      error_message: null,
    });
  });

  it('writes them the same, however the session would have them', async () => {
    const plain = await exported(world.operator, 'acme');
    const pieces: Buffer[] = [];
    await world.operator.withSystem(
      'tests',
      async (tx) => {
        await sql`
          select
            set_config('TimeZone', 'Asia/Kolkata', true), set_config('DateStyle', 'German', true),
            set_config('IntervalStyle', 'iso_8601', true), set_config('bytea_output', 'escape', true),
            set_config('extra_float_digits', '-10', true)`.execute(tx);
        for await (const piece of exportTenant(tx, { tenantId: 'acme', reason: 'a test' }))
          pieces.push(piece);
      },
      { isolationLevel: 'repeatable read' },
    );
    expect(withoutManifest(Buffer.concat(pieces))).toEqual(withoutManifest(plain));
  });

  it('sees one state of the database, and lets the tenant go on', async () => {
    const insert = () =>
      world.asTenant(
        'acme',
        `insert into queue_configuration (id, config_key, config_value)
        values (gen_random_uuid(), gen_random_uuid()::text, '{}')`,
      );
    const rowsIn = (file: Buffer) =>
      linesOf(file).filter((it) => it.startsWith('{"table":"queue_configuration"')).length;
    const before = rowsIn(await exported(world.operator, 'acme'));
    const file = await world.operator.withSystem(
      'tests',
      async (tx) => {
        const pieces: Buffer[] = [];
        for await (const piece of exportTenant(tx, { tenantId: 'acme', reason: 'a test' })) {
          // Somebody who is slow to take it.
          if (pieces.push(piece) === 1) await insert();
        }
        return Buffer.concat(pieces);
      },
      { isolationLevel: 'repeatable read' },
    );
    expect(rowsIn(file)).toBe(before);
    expect(rowsIn(await exported(world.operator, 'acme'))).toBe(before + 1);
  });

  it('refuses to look at several states', async () => {
    await expect(
      world.operator.withSystem('tests', (tx) => exportTenant(tx, { tenantId: 'acme', reason: 'x' }).next()),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it.each([
    [{ tenantId: 'nobody' }, 'TENANT_NOT_FOUND'],
    [{ tenantId: 'a b' }, 'INVALID_INPUT'],
    [{ reason: ' ' }, 'INVALID_INPUT'],
    [{ reason: 'x'.repeat(1001) }, 'INVALID_INPUT'],
  ])('refuses %j', async (options, code) => {
    await expect(exported(world.operator, 'acme', options)).rejects.toMatchObject({ code });
  });

  it('writes down who exported what, and why', async () => {
    await exported(world.operator, 'acme', { reason: 'acme asked for its data' });
    const { rows } = await world.administrator.query(
      `select kind, login from app.tenant_maintenance where reason = 'acme asked for its data'`,
    );
    expect(rows).toMatchObject([{ kind: 'export' }]);
  });

  it('signs with the key that the signer names, or not at all', async () => {
    const signer = { keyId: 'ed25519:0', publicKey: Buffer.alloc(32, 1), sign: () => Buffer.alloc(64) };
    await expect(exported(world.operator, 'acme', { signer })).rejects.toMatchObject({
      code: 'SIGNER_FAULTY',
    });
  });

  it('holds one piece of a large tenant at a time', async () => {
    const rows = 30_000;
    await world.asTenant(
      'acme',
      `insert into agent_performance_events (id, agent_id, task_id, success, quality_score, latency_ms, recorded_at)
       select gen_random_uuid(), 'acme agent 1', 'task ' || n, true, 0.5, n, '2025-01-01' from generate_series(1, ${rows}) as n`,
    );
    const seen = { rows: 0, largest: 0 };
    await world.operator.withSystem(
      'tests',
      async (tx) => {
        const onProgress = (progress: { rows: number }) => (seen.rows = progress.rows);
        for await (const piece of exportTenant(tx, { tenantId: 'acme', reason: 'a test', onProgress }))
          seen.largest = Math.max(seen.largest, piece.length);
      },
      { isolationLevel: 'repeatable read' },
    );
    expect(seen.rows).toBeGreaterThan(rows);
    expect(seen.largest).toBeLessThan(4 << 20);
  });
});
