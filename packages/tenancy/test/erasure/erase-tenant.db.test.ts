import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { concludeErasure } from '../../src/erasure/conclude-erasure.ts';
import { eraseTenant, type EraseTenantInput, type Erasure } from '../../src/erasure/erase-tenant.ts';
import { CLEARED_BY_TRIGGERS, KEPT_NAMES, mayNameTenant } from '../../src/erasure/kept.ts';
import { namingColumns } from '../../src/erasure/queries/naming-columns.ts';
import { surveyedRelations } from '../../src/erasure/queries/surveyed-relations.ts';
import { verifyReceipt } from '../../src/erasure/receipt.ts';
import { migrationTests, useWorld } from '../transfer/support/world.ts';
import { makeSigner } from '../transfer/support/signer.ts';

const database = testDatabase();
const world = useWorld(database);

const erase = (tenantId: string, input: Partial<EraseTenantInput> = {}): Promise<Erasure> =>
  world.operator.withSystem('tests', (tx) => eraseTenant(tx, { tenantId, reason: 'a test', ...input }));

/** Every table of the database in which a text is found, whoever's the row is. */
async function whereIs(text: string): Promise<string[]> {
  const { rows: relations } = await world.administrator.query(
    `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind in ('r', 'm', 'p') and relispopulated and nspname in ('public', 'app') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of relations) {
    const { rows } = await world.administrator.query(
      `select from ${String(name)} as item where position($1 in item::text) > 0 limit 1`,
      [text],
    );
    if (rows.length > 0) found.push(String(name));
  }
  return found;
}

let count = 0;
async function newTenant(): Promise<string> {
  const tenant = `gone-${++count}`;
  await world.fill(tenant);
  return tenant;
}

/** A graph of the tenant's own, and vectors that are noted beside it. */
async function buildGraph(tenant: string): Promise<void> {
  const embed = (value: number) =>
    world.administrator.query(
      'update agent_capabilities_graph set embedding = array_fill($2::real, array[768])::vector where tenant_id = $1',
      [tenant, value],
    );
  await embed(1);
  for (const step of ['begin', 'fill', 'finish'])
    await world.administrator.query(`select app.${step}_vector_index($1)`, [tenant]);
  await embed(-1);
}

describe.skipIf(database.kind === 'pglite')('eraseTenant', () => {
  beforeAll(async () => {
    await world.fill('globex');
  });

  it('leaves nothing of the tenant anywhere, but in the operators’ own log', async () => {
    const tenant = await newTenant();
    await world.embed(tenant);
    await buildGraph(tenant);
    const before = await whereIs(tenant);
    expect(before.length).toBeGreaterThan(40);
    expect(before).toEqual(
      expect.arrayContaining([
        ...['app.capability_vectors', 'app.pending_vectors', 'app.vector_indexes'],
        'public.hybrid_search_materialized',
      ]),
    );
    await world.suspend(tenant);
    const erasure = await erase(tenant);
    await expect(whereIs(tenant)).resolves.toEqual(['app.tenant_maintenance']);
    expect(erasure).toMatchObject({
      kind: 'tenant',
      tenantId: tenant,
      complete: true,
      searched: 'every row',
    });
    expect(erasure.tables.every(({ remaining }) => remaining === 0)).toBe(true);
    expect(erasure.tables).toContainEqual({ table: 'agent_profiles', deleted: 2, remaining: 0 });
    expect(erasure.tables).toContainEqual({ table: 'entity_chunk_mappings', deleted: 1, remaining: 0 });
  });

  it('takes nothing of another tenant', async () => {
    const rowsOf = async (tenant: string): Promise<unknown> => {
      const { rows } = await world.administrator.query(
        `select (select count(*) from web_content where tenant_id = $1), (select count(*) from audit_log where tenant_id = $1),
           (select count(*) from hybrid_search_materialized where tenant_id = $1)`,
        [tenant],
      );
      return rows[0];
    };
    await world.embed('globex');
    const before = await rowsOf('globex');
    const tenant = await newTenant();
    await world.suspend(tenant);
    await erase(tenant);
    await expect(rowsOf('globex')).resolves.toEqual(before);
  });

  it('takes the rules of others that name it, so that they do not wait for another of that name', async () => {
    const tenant = await newTenant();
    await world.asTenant(
      'globex',
      `insert into tenant_sharing_rules (target_tenant_id, resource_types) values ($1, '{agent_profiles}')`,
      [tenant],
    );
    await world.suspend(tenant);
    const erasure = await erase(tenant);
    expect(erasure.ofOthers).toContainEqual({ where: 'tenant_sharing_rules.target_tenant_id', deleted: 1 });
    const { rows } = await world.administrator.query(
      `select sharing_rules::text as rules from tenants where id = 'globex'`,
    );
    expect(rows[0]?.['rules']).not.toContain(tenant);
    expect(erasure.retained).toContainEqual({
      where: 'audit_log.old_values',
      rows: expect.any(Number) as number,
      reason: KEPT_NAMES['audit_log.old_values'],
    });
  });

  it('says who else keeps its name, and why', async () => {
    const tenant = await newTenant();
    await world.asTenant(tenant, `select app.record_tenant_access('globex', 'read', 'agent_profiles')`);
    await world.asTenant(
      'globex',
      `insert into tenant_access_policies (resource_type, access_level, allowed_tenants) values ('agent_profiles', 'share', $1)
       on conflict (tenant_id, resource_type) do update set allowed_tenants = excluded.allowed_tenants`,
      [[tenant]],
    );
    await world.suspend(tenant);
    const { retained } = await erase(tenant);
    expect(Object.fromEntries(retained.map(({ where, rows }) => [where, rows]))).toMatchObject({
      'tenant_access_log.accessor_tenant_id': 1,
      'tenant_access_policies.allowed_tenants': 1,
      'app.tenant_maintenance.maintained_tenant_id': 1,
    });
    for (const { reason } of retained) expect(reason).toMatch(/\S/);
  });

  it('knows every column in which a tenant can be named', async () => {
    const [naming, relations] = await world.operator.withSystem('tests', async (tx) => [
      (await namingColumns.execute(tx)).rows.map(({ table, column }) => `${table}.${column}`),
      (await surveyedRelations.execute(tx)).rows,
    ]);
    const columns = relations.flatMap(({ name, tenant_column, columns }) =>
      columns
        .filter((column) => column !== tenant_column && mayNameTenant(name, column))
        .map((column) => `${name}.${column}`),
    );
    const known = new Set([...naming, ...Object.keys(KEPT_NAMES), ...CLEARED_BY_TRIGGERS]);
    expect(columns.filter((column) => !known.has(column))).toEqual([]);
    expect([...known].filter((name) => !columns.includes(name))).toEqual([]);
  });

  it('does not erase a tenant under its users', async () => {
    const tenant = await newTenant();
    await expect(erase(tenant)).rejects.toMatchObject({ code: 'TENANT_ACTIVE' });
    await expect(world.asTenant(tenant, 'select from task_queue')).resolves.toHaveLength(1);
    await expect(erase(tenant, { force: true })).resolves.toMatchObject({ complete: true });
  });

  it('is not stopped by what the tenant made of its own figures', async () => {
    const tenant = await newTenant();
    await world.asTenant(tenant, 'update web_traversals set pages_visited = 0');
    await expect(erase(tenant, { force: true })).resolves.toMatchObject({ complete: true });
  });

  it('erases nothing while a marker is found', async () => {
    const tenant = await newTenant();
    const rename = (name: string) =>
      world.asTenant('globex', 'update task_queue set description = $1', [name]);
    await rename(`as ${tenant}'s "Blue-42" was`);
    await expect(erase(tenant, { force: true, markers: ['Blue-42'] })).rejects.toMatchObject({
      code: 'ERASURE_INCOMPLETE',
      message: expect.stringContaining('task_queue.description') as string,
    });
    await expect(world.asTenant(tenant, 'select from task_queue')).resolves.toHaveLength(1);
    await rename('Blue-421 is another');
    await expect(erase(tenant, { force: true, markers: ['Blue-42'] })).resolves.toMatchObject({
      complete: true,
    });
  });

  it('erases nothing while rows are left that it does not know how to delete', async () => {
    const tenant = await newTenant();
    await world.administrator.query(`
      create materialized view leftover as select tenant_id, id from task_queue;
      alter materialized view leftover owner to agent_agency_service`);
    try {
      await expect(erase(tenant, { force: true })).rejects.toMatchObject({
        code: 'ERASURE_INCOMPLETE',
        message: expect.stringContaining('leftover') as string,
      });
    } finally {
      await world.administrator.query('drop materialized view leftover');
    }
    await expect(world.asTenant(tenant, 'select from task_queue')).resolves.toHaveLength(1);
  });

  it.each([
    [{ tenantId: 'nobody' }, 'TENANT_NOT_FOUND'],
    [{ tenantId: '' }, 'INVALID_INPUT'],
    [{ reason: '' }, 'INVALID_INPUT'],
    [{ markers: [''] }, 'INVALID_INPUT'],
  ])('refuses %j', async (input, code) => {
    await expect(erase('globex', input)).rejects.toMatchObject({ code });
  });

  it('says what an operator sees who is no superuser, and what nobody sees', async () => {
    const tenant = await newTenant();
    await world.administrator.query(`
      create role transfer_operator login nosuperuser nobypassrls noinherit in role agent_agency_owner`);
    const erasure = await world.operator.withSystem('tests', async (tx) => {
      await sql`set session authorization transfer_operator`.execute(tx);
      await sql`set local role agent_agency_owner`.execute(tx);
      const result = await eraseTenant(tx, { tenantId: tenant, reason: 'a test', force: true });
      await sql`reset session authorization`.execute(tx);
      return result;
    });
    expect(erasure).toMatchObject({ searched: 'what the policies show', login: 'transfer_operator' });
    const seen = Object.fromEntries(erasure.retained.map(({ where, rows }) => [where, rows]));
    expect(seen).toMatchObject({
      'app.tenant_maintenance.maintained_tenant_id': 1,
      'audit_log.old_values': null,
    });
    await expect(whereIs(tenant)).resolves.toEqual(['app.tenant_maintenance']);
    await world.administrator.query('drop role transfer_operator');
  });
});

describe.skipIf(database.kind === 'pglite')('eraseTenant and those who write meanwhile', () => {
  const writeAs = async (session: SqlSession, tenant: string): Promise<void> => {
    await session.query(
      `insert into queue_configuration (tenant_id, id, config_key, config_value)
       values ($1, gen_random_uuid(), gen_random_uuid()::text, '{}')`,
      [tenant],
    );
  };
  const settle = async (): Promise<void> => {
    for (;;) {
      const { rows } = await world.administrator.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      if (rows.length > 0) return;
    }
  };

  it('waits for a transaction that has written, and takes its rows as well', async () => {
    const tenant = await newTenant();
    const { asTenant } = migrationTests;
    let erasing: Promise<Erasure> | undefined;
    await asTenant(world.application, tenant, async () => {
      await writeAs(world.application, tenant);
      erasing = erase(tenant, { force: true });
      await settle();
      await writeAs(world.application, tenant);
    });
    await expect(erasing).resolves.toMatchObject({ complete: true });
    await expect(whereIs(tenant)).resolves.toEqual(['app.tenant_maintenance']);
  });

  it('leaves whoever comes later without a tenant', async () => {
    const tenant = await newTenant();
    let writing: Promise<void> | undefined;
    const session = await connect(database.urlFor('agent_agency_app'));
    await world.operator.withSystem('tests', async (tx) => {
      await eraseTenant(tx, { tenantId: tenant, reason: 'a test', force: true });
      writing = migrationTests.asTenant(session, tenant, () => writeAs(session, tenant));
      writing.catch(() => undefined);
      await settle();
    });
    await expect(writing).rejects.toMatchObject({ code: '23503' });
    await session.close();
    await expect(whereIs(tenant)).resolves.toEqual(['app.tenant_maintenance']);
  });

  it('survives a crowd of writers: what is committed before goes, what comes after is refused', async () => {
    const tenant = await newTenant();
    const sessions = await Promise.all(
      Array.from({ length: 4 }, () => connect(database.urlFor('agent_agency_app'))),
    );
    const refusals: unknown[] = [];
    const writers = sessions.map(async (session) => {
      for (;;) {
        try {
          await migrationTests.asTenant(session, tenant, () => writeAs(session, tenant));
        } catch (error) {
          refusals.push((error as { code: string }).code);
          return;
        }
      }
    });
    await expect(erase(tenant, { force: true })).resolves.toMatchObject({ complete: true });
    await Promise.all(writers);
    expect(refusals).toEqual(['23503', '23503', '23503', '23503']);
    await expect(whereIs(tenant)).resolves.toEqual(['app.tenant_maintenance']);
    await Promise.all(sessions.map((session) => session.close()));
  });

  it('is done once by two at the same moment', async () => {
    const tenant = await newTenant();
    const results = await Promise.allSettled([
      erase(tenant, { force: true }),
      erase(tenant, { force: true }),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'TENANT_NOT_FOUND' },
    });
  });
});

describe.skipIf(database.kind === 'pglite')('concludeErasure', () => {
  const signer = makeSigner();
  let erasure: Erasure;
  beforeAll(async () => {
    const tenant = await newTenant();
    erasure = await erase(tenant, { force: true });
  });

  it('destroys the key, and signs what was done', async () => {
    const destroyed: string[] = [];
    const keys = {
      destroy: (tenantId: string) => {
        destroyed.push(tenantId);
        return Promise.resolve();
      },
    };
    const receipt = await concludeErasure(erasure, { keys, signer });
    expect(destroyed).toEqual([erasure.tenantId]);
    expect(receipt.body).toMatchObject({ ...erasure, key: { state: 'destroyed' }, complete: true });
    expect(verifyReceipt(receipt, signer.publicKey)).toBe(true);
    expect(verifyReceipt(JSON.parse(JSON.stringify(receipt)) as typeof receipt, signer.publicKey)).toBe(true);
  });

  it('says that a key is still there, and can be called again', async () => {
    const refused = Object.assign(new Error('secret words'), { code: 'KMS_DOWN' });
    let isDown = true;
    const keys = { destroy: () => (isDown ? Promise.reject(refused) : Promise.resolve()) };
    const first = await concludeErasure(erasure, { keys, signer });
    expect(first.body).toMatchObject({ key: { state: 'failed', problem: 'KMS_DOWN' }, complete: false });
    expect(JSON.stringify(first)).not.toContain('secret words');
    isDown = false;
    const second = await concludeErasure(erasure, { keys, signer });
    expect(second.body).toMatchObject({ key: { state: 'destroyed' }, complete: true });
  });

  it('says when nobody who keeps the keys was asked', async () => {
    const withTables = (isIn: (table: string) => boolean) => ({
      ...erasure,
      tables: erasure.tables.filter(({ table }) => isIn(table)),
    });
    const wrapped = ['tenant_encryption_keys', 'subject_keys'];
    for (const only of wrapped) {
      const { body } = await concludeErasure(
        withTables((table) => table === only),
        { signer },
      );
      expect(body, only).toMatchObject({ key: { state: 'failed' }, complete: false });
    }
    const { body } = await concludeErasure(
      withTables((table) => !wrapped.includes(table)),
      { signer },
    );
    expect(body).toMatchObject({ key: { state: 'none' }, complete: true });
  });

  it('makes a receipt that cannot be changed, or be somebody else’s', async () => {
    const receipt = await concludeErasure(erasure, { signer, keys: { destroy: () => Promise.resolve() } });
    expect(receipt.body).toMatchObject({ key: { state: 'destroyed' }, complete: true });
    const changes = [
      { ...receipt, body: { ...receipt.body, complete: false } },
      { ...receipt, body: { ...receipt.body, reason: 'another' } },
      { ...receipt, body: { ...receipt.body, tables: receipt.body.tables.slice(1) } },
      { ...receipt, signature: null },
      {
        ...receipt,
        signature: receipt.signature && { ...receipt.signature, value: `${receipt.signature.value} ` },
      },
    ];
    for (const changed of changes) expect(verifyReceipt(changed, signer.publicKey)).toBe(false);
    expect(verifyReceipt(receipt, makeSigner().publicKey)).toBe(false);
  });
});
