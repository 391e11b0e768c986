import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { connect } from '@agent-agency/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  createTenant,
  getOwnTenant,
  getTenant,
  getTenantStatistics,
  listTenants,
  resumeTenant,
  suspendTenant,
  TenancyError,
  updateTenant,
  type TenantChange,
  type TenantInput,
} from '../../src/index.ts';
import { useOperator } from '../support/operator.ts';

const app = useApplication(testDatabase());
const asOperator = useOperator(() => app.database.url);
const create = (input: TenantInput) => asOperator((tx) => createTenant(tx, input));
const list = () => asOperator(listTenants);
const has = async (id: string) => (await list()).some((tenant) => tenant.id === id);

async function rowsOf(query: string, ...values: string[]): Promise<Record<string, unknown>[]> {
  const session = await connect(app.database.url);
  try {
    return (await session.query(query, values)).rows;
  } finally {
    await session.close();
  }
}

describe('createTenant', () => {
  it('fills in project, name and the strict level', async () => {
    const before = Date.now();
    const tenant = await create({ id: 'defaults' });
    expect(tenant).toEqual({
      id: 'defaults',
      projectId: 'default',
      name: 'defaults',
      isolationLevel: 'strict',
      suspendedAt: undefined,
      createdAt: expect.any(Date) as Date,
    });
    expect(Math.abs(tenant.createdAt.getTime() - before)).toBeLessThan(60_000);
  });
  it.each(['strict', 'shared', 'federated'] as const)('stores the level %s', async (isolationLevel) => {
    await create({ id: `level-${isolationLevel}`, isolationLevel });
    await expect(app.inTenant(`level-${isolationLevel}`, getOwnTenant)).resolves.toMatchObject({
      isolationLevel,
    });
  });
  it('makes the privacy row with its defaults', async () => {
    await create({ id: 'private' });
    await expect(
      rowsOf('select * from tenant_privacy_config where tenant_id = $1', 'private'),
    ).resolves.toMatchObject([
      {
        privacy_level: 'differential',
        k_anonymity: 5,
        epsilon: '1.0000',
        allow_cross_tenant_learning: false,
      },
    ]);
  });
  it('takes the ids that a tenant context takes', async () => {
    for (const id of ['A', '0', `a${'b'.repeat(254)}`, 'a.b_c:d-e']) {
      await expect(create({ id })).resolves.toMatchObject({ id });
      await expect(app.inTenant(id, getOwnTenant)).resolves.toMatchObject({ id });
    }
  });
  it('refuses a second tenant of an id, and leaves the first as it is', async () => {
    await create({ id: 'twice', name: 'First' });
    const refused = create({ id: 'twice', name: 'Second', projectId: 'elsewhere' });
    await expect(refused).rejects.toThrow(TenancyError);
    await expect(refused).rejects.toMatchObject({
      code: 'TENANT_EXISTS',
      message: matching(/there is a tenant twice already/),
    });
    await expect(app.inTenant('twice', getOwnTenant)).resolves.toMatchObject({ name: 'First' });
  });
  it('refuses a second tenant of a name in a project, not in another', async () => {
    await create({ id: 'name-1', projectId: 'p', name: 'Same' });
    await expect(create({ id: 'name-2', projectId: 'p', name: 'Same' })).rejects.toMatchObject({
      code: 'TENANT_EXISTS',
      message: matching(/the project has a tenant of that name already/),
    });
    await expect(has('name-2')).resolves.toBe(false);
    await expect(create({ id: 'name-3', projectId: 'q', name: 'Same' })).resolves.toMatchObject({
      name: 'Same',
    });
  });
  it('lets one of two concurrent callers create a tenant', async () => {
    const results = await Promise.allSettled([create({ id: 'raced' }), create({ id: 'raced' })]);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
      code: 'TENANT_EXISTS',
    });
  });
  it.each([
    ['an empty id', { id: '' }, /id must be/],
    ['an id with a space', { id: 'a b' }, /id must be/],
    ['an id that begins with a dash', { id: '-a' }, /id must be/],
    ['an id with a line end', { id: 'a\n' }, /id must be/],
    ['an id of 256', { id: 'a'.repeat(256) }, /id must be/],
    ['an id of other letters', { id: 'köln' }, /id must be/],
    ['an empty name', { id: 'bad', name: '' }, /name/],
    ['a name of 256', { id: 'bad', name: 'n'.repeat(256) }, /name/],
    ['a name with NUL', { id: 'bad', name: 'a\0b' }, /name must not contain control/],
    ['a name with half a character', { id: 'bad', name: '\ud83e' }, /name must not contain control/],
    ['an empty project', { id: 'bad', projectId: '' }, /projectId/],
    ['an unknown level', { id: 'bad', isolationLevel: 'open' as 'strict' }, /isolationLevel/],
    ['an unknown field', { id: 'bad', owner: 'x' } as TenantInput, /owner/],
  ] as const)('refuses %s', async (_what, input, message) => {
    await expect(create(input)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(message) });
    await expect(has(input.id)).resolves.toBe(false);
  });
  it('lists every problem at once', async () => {
    await expect(create({ id: '', name: '', projectId: '' })).rejects.toMatchObject({
      message: matching(/id must be .*projectId .*name /),
    });
  });
  it('is not for the application: its login cannot become the owner, nor call the function', async () => {
    const refused = app.manager.withSystem('not allowed', (tx) => createTenant(tx, { id: 'intruder' }));
    await expect(refused).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const tenant = await app.newTenant();
    for (const statement of [
      sql`select create_tenant('intruder', 'default', 'intruder')`,
      sql`select * from app.list_tenants()`,
      sql`insert into tenants (id, project_id, name) values ('intruder', 'default', 'intruder')`,
      sql`update tenants set isolation_level = 'shared'`,
      sql`delete from tenants`,
    ]) {
      await expect(app.inTenant(tenant, (tx) => statement.execute(tx))).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
      });
    }
    await expect(has('intruder')).resolves.toBe(false);
  });
});

describe('listTenants', () => {
  it('lists every tenant, by project and id', async () => {
    await create({ id: 'list-b', projectId: 'list-1' });
    await create({ id: 'list-a', projectId: 'list-1' });
    await create({ id: 'list-0', projectId: 'list-2' });
    const listed = (await list()).filter((tenant) => tenant.id.startsWith('list-'));
    expect(listed.map((tenant) => tenant.id)).toEqual(['list-a', 'list-b', 'list-0']);
  });
  it('includes the tenant that the migrations make', async () => {
    await expect(has('default-tenant')).resolves.toBe(true);
  });
});

describe('getOwnTenant', () => {
  it('gives the tenant of the transaction, and no other', async () => {
    const [one = '', other = ''] = await app.newTenants(2);
    await expect(app.inTenant(one, getOwnTenant)).resolves.toMatchObject({ id: one, projectId: 'tests' });
    await expect(app.inTenant(other, getOwnTenant)).resolves.toMatchObject({ id: other });
    const visible = await app.inTenant(one, (tx) => tx.selectFrom('tenants').select('id').execute());
    expect(visible).toEqual([{ id: one }]);
  });
  it('says how to create one that is missing', async () => {
    await expect(app.inTenant('nobody', getOwnTenant)).rejects.toMatchObject({
      code: 'TENANT_NOT_FOUND',
      message: matching(/agency-db tenant create nobody/),
    });
  });
});

describe('updateTenant', () => {
  const update = (id: string, change: TenantChange) => asOperator((tx) => updateTenant(tx, id, change));

  it('changes what is said, and leaves the rest', async () => {
    const before = await create({ id: 'changing', projectId: 'p-1', name: 'Before' });
    await expect(update('changing', { name: 'After' })).resolves.toEqual({ ...before, name: 'After' });
    await expect(update('changing', { projectId: 'p-2', isolationLevel: 'federated' })).resolves.toEqual({
      ...before,
      name: 'After',
      projectId: 'p-2',
      isolationLevel: 'federated',
    });
    await expect(update('changing', {})).resolves.toMatchObject({ name: 'After' });
  });
  it('refuses a name that the project has, and leaves the tenant as it is', async () => {
    await create({ id: 'named', projectId: 'names', name: 'Taken' });
    const other = await create({ id: 'renamed', projectId: 'names' });
    await expect(update('renamed', { name: 'Taken', isolationLevel: 'shared' })).rejects.toMatchObject({
      code: 'TENANT_EXISTS',
    });
    await expect(asOperator((tx) => getTenant(tx, 'renamed'))).resolves.toEqual(other);
  });
  it('lists every problem at once, and knows when there is no such tenant', async () => {
    await expect(update('nobody', { name: '', projectId: '' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/projectId .*name /),
    });
    await expect(update('nobody', { name: 'x' })).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' });
    await expect(update('nobody', { id: 'x' } as TenantChange)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('suspendTenant', () => {
  it('stops everybody who acts as the tenant, until it is resumed', async () => {
    await create({ id: 'stopped' });
    await expect(asOperator((tx) => suspendTenant(tx, 'stopped'))).resolves.toMatchObject({
      suspendedAt: expect.any(Date) as Date,
    });
    await expect(app.inTenant('stopped', getOwnTenant)).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' });
    await asOperator((tx) => resumeTenant(tx, 'stopped'));
    await expect(app.inTenant('stopped', getOwnTenant)).resolves.toMatchObject({ suspendedAt: undefined });
  });
  it('stops transactions that are running', async () => {
    await create({ id: 'interrupted' });
    await expect(
      app.inTenant('interrupted', async (tx) => {
        await getOwnTenant(tx);
        await asOperator((operator) => suspendTenant(operator, 'interrupted'));
        await getOwnTenant(tx);
      }),
    ).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' });
  });
  it('keeps the first instant', async () => {
    await create({ id: 'twice-suspended' });
    const first = await asOperator((tx) => suspendTenant(tx, 'twice-suspended'));
    await expect(asOperator((tx) => suspendTenant(tx, 'twice-suspended'))).resolves.toEqual(first);
  });
  it.each([suspendTenant, resumeTenant, getTenant])('%o knows when there is no such tenant', async (act) => {
    await expect(asOperator((tx) => act(tx, 'nobody'))).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' });
  });
});

describe('getTenantStatistics', () => {
  it('counts what the tenant has, and nothing of others', async () => {
    const [one = '', other = ''] = await app.newTenants(2);
    for (const [tenant, count] of [
      [one, 3],
      [other, 1],
    ] as const)
      await app.inTenant(tenant, (tx) =>
        sql`insert into agent_profiles (id, name, model_family)
            select 'a' || i, 'a' || i, 'human' from generate_series(1, ${count}::integer) as i`.execute(tx),
      );
    const nothing = { capabilities: 0, relationships: 0, provenanceNodes: 0, performanceEvents: 0 };
    await expect(app.inTenant(one, getTenantStatistics)).resolves.toEqual({ agents: 3, ...nothing });
    await expect(app.inTenant('nobody', getTenantStatistics)).rejects.toMatchObject({
      code: 'TENANT_NOT_FOUND',
    });
  });
});
